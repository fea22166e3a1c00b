"""The data package: what it holds, its tables, and the formats in which it goes out. Why it is so: decision 11."""
