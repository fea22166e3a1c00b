-- Once, on a new primary: who copies it, and the site's own role with its database.
CREATE ROLE replicator REPLICATION LOGIN;
CREATE ROLE evaltracker LOGIN;
CREATE DATABASE evaltracker OWNER evaltracker;
