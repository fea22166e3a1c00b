"""The files of deploy/ fit each other, the site and the programs that read them."""

import ast
import contextlib
import http.client
import re
import runpy
import shutil
import subprocess
import tempfile
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml
from django.conf import settings

from evaltracker.web.guards import most_bytes
from tests.outage.setting import DEPLOY, ROOT, first_commands, free_ports, nginx_with, write_nginx
from tests.test_settings import variables_read

NGINX = (DEPLOY / "nginx" / "evaltracker.conf").read_text()
UNITS = sorted(path for path in (DEPLOY / "systemd").iterdir() if path.suffix != ".conf")
START_REPLICA = (DEPLOY / "postgresql" / "start-replica.sh").read_text()
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
SITES = {name: service for name, service in COMPOSE.items() if name.startswith("site-")}


def assignments(name: str) -> dict[str, str]:
    """The settings of a file, one on a line, whether `name = value`, `name=value` or `name value`."""
    lines = (line.split("#")[0].strip() for line in (DEPLOY / name).read_text().splitlines())
    pairs = (re.fullmatch(r"([\w-]+)(?:\s*=\s*|\s+)(.*)", line) for line in lines if line)
    return {pair[1]: pair[2].strip("'") for pair in pairs if pair}


def seconds_of(directive: str) -> int:
    return int(re.search(rf"^\s*{directive} (\d+)s;", NGINX, re.MULTILINE).group(1))


def test_gunicorn_has_time_threads_and_connections_that_fit(monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")  # put back afterwards: the file sets it
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gunicorn = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))
    assert gunicorn["threads"] > 1  # with one, a download ends with the timeout
    assert gunicorn["timeout"] == seconds_of("proxy_read_timeout")
    assert gunicorn["keepalive"] > seconds_of("keepalive_timeout")
    threads = len(SITES) * gunicorn["workers"] * gunicorn["threads"]
    for server in ("primary", "replica"):
        # Beside the threads: commands, the timers, a backup, and three that the server keeps for its administrator.
        assert threads + 15 < int(assignments(f"postgresql/{server}.conf")["max_connections"])


def test_all_name_the_same_ports():
    variables = assignments("evaltracker.env")
    primary, replica = (assignments(f"postgresql/{name}.conf") for name in ("primary", "replica"))
    assert f":{primary['port']}/" in variables["DATABASE_URL"]
    assert f":{replica['port']}/" in variables["DATABASE_REPLICA_URL"]
    assert f":{assignments('redis.conf')['port']}/" in variables["PAGE_CACHE_URL"]
    upstreams = re.findall(r"server (127\.0\.0\.1:\d+) ", NGINX)
    assert upstreams == [service["environment"]["GUNICORN_BIND"] for service in SITES.values()]
    assert all(name == f"site-{bind.split(':')[1]}" for name, bind in zip(SITES, upstreams, strict=True))
    readme = (DEPLOY / "README.md").read_text()
    assert all(f"evaltracker@{bind.split(':')[1]}" in readme for bind in upstreams)
    assert f"@127.0.0.1:{primary['port']}/" in START_REPLICA
    assert primary["port"] in COMPOSE["primary"]["healthcheck"]["test"]


@pytest.mark.parametrize("name", ["max_connections", "max_wal_senders"])
def test_the_replica_has_room_for_what_the_primary_has(name):
    """Else it does not start."""
    primary, replica = (assignments(f"postgresql/{each}.conf") for each in ("primary", "replica"))
    assert int(replica[name]) >= int(primary[name])


def test_the_environment_names_variables_that_the_settings_read_and_no_secret():
    variables = assignments("evaltracker.env")
    assert variables.keys() <= variables_read()
    assert variables["SECRET_KEY"] == ""
    assert variables["TRUST_X_FORWARDED_PROTO"] == variables["TRUST_X_FORWARDED_FOR"] == "true"
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in NGINX
    assert "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;" in NGINX


def test_units_image_and_compose_run_one_command_with_one_environment():
    unit = assignments("systemd/evaltracker@.service")
    command = unit["ExecStart"].split()
    assert ast.literal_eval(re.search(r"^CMD (.*)$", CONTAINERFILE, re.MULTILINE).group(1)) == command
    for service in SITES.values():
        assert service["command"] == command
        assert service["env_file"] == unit["EnvironmentFile"]
    assert f"ENV {unit['Environment']}" in CONTAINERFILE
    assert f"WORKDIR {unit['WorkingDirectory']}" in CONTAINERFILE
    assert (ROOT / command[2]).is_file()
    for variable in ("KEPT_FIGURES_DIR", "LONG_ANSWERS_DIR", "UPLOADS_DIR"):
        kept = assignments("evaltracker.env")[variable]
        assert kept.removeprefix("/var/lib/") in unit["StateDirectory"].split()
        assert kept in CONTAINERFILE
        assert all(f"{service['volumes'][0].split(':')[1]}/" in kept for service in SITES.values())


def test_the_units_of_timers_run_commands_that_there_are():
    timers = {path.stem for path in UNITS if path.suffix == ".timer"}
    assert timers == {path.stem for path in UNITS if path.suffix == ".service"} - {
        "evaltracker@",
        "evaltracker-replica",
    }
    commands = {path.stem for path in (ROOT / "evaltracker" / "management" / "commands").iterdir()}
    for name in timers:
        run = re.findall(
            r"^ExecStart=(\S+) (\S+) (\w+)", (DEPLOY / "systemd" / f"{name}.service").read_text(), re.MULTILINE
        )
        assert run
        assert all(program == "manage.py" and command in commands for _, program, command in run)
        assert f"{name}.timer" in (DEPLOY / "README.md").read_text()


def test_the_site_starts_after_its_long_files_are_there_and_without_them():
    unit = (DEPLOY / "systemd" / "evaltracker@.service").read_text()
    for word in ("After", "Wants"):  # Requires would keep the site from starting
        assert "evaltracker-prepare.service" in re.search(rf"^{word}=(.*)$", unit, re.MULTILINE)[1].split()
    prepare = assignments("systemd/evaltracker-prepare.service")
    assert prepare["ExecStart"].split()[1:] == ["manage.py", "prepare"]
    site = assignments("systemd/evaltracker@.service")
    for name in ("User", "WorkingDirectory", "EnvironmentFile", "Environment", "StateDirectory"):
        assert prepare[name] == site[name]


def least(name: str, program: str) -> tuple[int, ...]:
    """The oldest version that a file of deploy/ is for, by its own words."""
    found = re.search(rf"{program} ([\d.]+) or newer", (DEPLOY / name).read_text())
    return tuple(map(int, found.group(1).split(".")))


def test_every_image_has_the_version_that_the_other_files_name():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    images = [service["image"] for service in COMPOSE.values() if "build" not in service]
    images += re.findall(r"^FROM (\S+)", CONTAINERFILE, re.MULTILINE)
    pinned = set(re.findall(r"^docker\.io/library/(\w+):([\d.]+)", "\n".join(images), re.MULTILINE))
    assert len(pinned) == len(set(images))
    assert pinned == set(re.findall(r"^\| (\w+) \| ([\d.]+) \|", (DEPLOY / "README.md").read_text(), re.MULTILINE))
    versions = {name: tuple(map(int, version.split("."))) for name, version in pinned}
    # The lock files are of one Python, the oldest that the site takes, and the image has no other.
    oldest = re.search(r"--python-version ([\d.]+)", (ROOT / "Makefile").read_text()).group(1)
    assert project["requires-python"] == f">={oldest}"
    assert versions["python"][:2] == tuple(map(int, oldest.split(".")))
    assert versions["nginx"] >= least("nginx/evaltracker.conf", "nginx")
    assert versions["postgres"] >= least("postgresql/primary.conf", "PostgreSQL")
    assert versions["redis"] >= least("redis.conf", "Redis")
    # A backup needs a pg_dump as new as the server.
    assert f"postgresql-client-{versions['postgres'][0]} " in CONTAINERFILE
    assert all(len(version) == 3 for name, version in versions.items() if name != "postgres")


def test_with_containers_all_starts_in_order_and_again_by_itself():
    for name, service in COMPOSE.items():
        assert service["restart"] == ("no" if name == "prepare" else "always"), name
    is_healthy = {"primary": {"condition": "service_healthy"}}
    assert COMPOSE["prepare"]["depends_on"] == COMPOSE["replica"]["depends_on"] == is_healthy
    shell, _, line = COMPOSE["prepare"]["command"]
    assert shell == "/bin/sh"
    assert re.findall(r"manage\.py (\w+)", line) == ["migrate", "prepare"]
    assert re.search(r"&& \{ .*prepare \|\| true; \}$", line)  # where it fails the site starts all the same
    for service in SITES.values():
        assert service["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}


def test_a_new_primary_has_the_roles_and_the_database_that_all_name():
    commands = " ".join(first_commands())
    variables = assignments("evaltracker.env")
    for name in ("DATABASE_URL", "DATABASE_REPLICA_URL"):
        role, database = re.fullmatch(r"postgres://(\w+)@[\d.]+:\d+/(\w+)", variables[name]).groups()
        assert f"CREATE ROLE {role} LOGIN" in commands
        assert f"CREATE DATABASE {database} OWNER {role}" in commands
    assert f"CREATE ROLE {re.search(r'postgres://(.+)@', START_REPLICA).group(1)} REPLICATION" in commands
    assert (
        "./postgresql/first-start.sql:/docker-entrypoint-initdb.d/first-start.sql:ro" in COMPOSE["primary"]["volumes"]
    )


def test_the_replica_of_compose_is_started_by_the_script_that_the_outage_test_runs():
    replica = COMPOSE["replica"]
    (program,) = replica["entrypoint"]
    assert f"./postgresql/start-replica.sh:{program}:ro" in replica["volumes"]
    assert (DEPLOY / "postgresql" / "start-replica.sh").stat().st_mode & 0o111
    assert set(re.findall(r"\$\{?(\w+)", START_REPLICA)) - {"PRIMARY"} == replica["environment"].keys()
    unit = (DEPLOY / "systemd" / "evaltracker-replica.service").read_text()
    given = dict(re.findall(r"(\w+)=(\S+)", " ".join(re.findall(r"^Environment=(.*)$", unit, re.MULTILINE))))
    assert given.keys() == {*replica["environment"], "PATH"}
    for file in (given["CONFIG"], assignments("systemd/evaltracker-replica.service")["ExecStart"]):
        assert (ROOT / file.removeprefix("/srv/evaltracker/")).is_file()
    major = re.search(r"postgres:(\d+)", replica["image"]).group(1)
    assert f"/postgresql/{major}/bin" in given["PATH"]
    data = next(volume.split(":")[1] for volume in replica["volumes"] if volume.startswith("replica:"))
    assert replica["environment"]["PGDATA"].startswith(f"{data}/")  # a folder that the script can make and move
    assert f"./postgresql/replica.conf:{replica['environment']['CONFIG']}:ro" in replica["volumes"]


def test_the_image_holds_the_whole_site_and_compose_mounts_files_that_there_are():
    copied = set(re.findall(r"^COPY (.*) \S+$", CONTAINERFILE, re.MULTILINE))
    names = {name for line in copied for name in line.split()}
    assert {name for each in settings.INSTALLED_APPS if (ROOT / (name := each.split(".")[0])).is_dir()} <= names
    assert {"templates", "static", "fixtures", "manage.py", "requirements.txt"} <= names
    assert all((ROOT / name).exists() for name in names)
    for service in COMPOSE.values():
        assert service["network_mode"] == "host"
        sources = [volume.split(":")[0] for volume in service["volumes"]]
        assert all((DEPLOY / source).is_file() for source in sources if source.startswith("./"))
    config = COMPOSE["primary"]["command"][2].removeprefix("config_file=")
    assert f"./postgresql/primary.conf:{config}:ro" in COMPOSE["primary"]["volumes"]
    assert f"./redis.conf:{COMPOSE['redis']['command'][1]}:ro" in COMPOSE["redis"]["volumes"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/report/",
        "/admin/",
        "/admin/login/",
        "/admin/labs/aimodel/add/",
        "/admin/import/",
        "/admin/labs/aimodel/import/",
        "/admin/system-card/",
        "/admin/labs/source/1/snapshot/",
    ],
)
def test_nginx_takes_bodies_as_large_as_the_site_does(path):
    expressions = re.findall(r"location ~ (\S+) \{([^}]*)\}", NGINX)
    prefixes = re.findall(r"location (/\S*) \{([^}]*)\}", NGINX)
    found = [text for expression, text in expressions if re.search(expression, path)]
    found = found or [text for prefix, text in sorted(prefixes, reverse=True) if path.startswith(prefix)]
    in_force = f"{found[0]} {NGINX}"
    number, unit = re.search(r"client_max_body_size (\d+)([km]);", in_force).groups()
    assert int(number) * {"k": 1024, "m": 1024**2}[unit] == most_bytes(path)


def test_a_cache_in_front_lets_pass_whoever_sees_something_else():
    for directive in ("proxy_cache_bypass", "proxy_no_cache"):
        line = re.search(rf"{directive} (.*);", NGINX).group(1).split()
        assert {"$cookie_sessionid", "$cookie_messages", "$cookie_wrote", "$http_authorization"} <= set(line)


def test_what_caches_may_show_while_they_ask_is_for_the_site_to_say():
    """The header ends it after a minute; nginx's own word would not."""
    assert "proxy_cache_background_update on;" in NGINX
    assert "updating" not in re.search(r"proxy_cache_use_stale ([^;]*);", NGINX).group(1).split()


def test_nginx_reads_its_file(tmp_path):
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    path = write_nginx(tmp_path, 8999, (8997, 8998))
    done = subprocess.run(["nginx", "-t", "-c", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


class Breaking(BaseHTTPRequestHandler):
    """A server that breaks off its first answers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.server.breaks:
            self.server.breaks -= 1
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def test_an_answer_that_breaks_off_at_each_server_does_not_leave_nginx_without_any(tmp_path):
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    (tmp_path / "cache").mkdir()
    (port,) = free_ports(1)
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Breaking)) for _ in range(2)]
        for server in servers:
            server.breaks = 1
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            stack.callback(server.shutdown)
        write_nginx(tmp_path, port, tuple(server.server_port for server in servers))
        stack.enter_context(nginx_with(tmp_path, (tmp_path / "site.conf").read_text(), port))
        statuses = []
        for number in range(4):
            reader = stack.enter_context(contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)))
            reader.request("GET", f"/{number}/")
            statuses.append(reader.getresponse().status)
        assert [server.breaks for server in servers] == [0, 0]
    assert statuses[1:] == [200, 200, 200]


def test_systemd_finds_nothing_to_say(tmp_path):
    """With a program that is there in place of the site's, which is not installed here."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    for path in UNITS:
        text = re.sub(r"ExecStart=\S+", f"ExecStart={shutil.which('true')}", path.read_text())
        (tmp_path / path.name.replace("@.", "@8001.")).write_text(text)
    restart = (DEPLOY / "systemd" / "restart.conf").read_text()
    program = f"[Service]\nExecStart={shutil.which('true')}\n"
    (tmp_path / "evaltracker-of-others.service").write_text(program + restart)
    units = sorted(str(path) for path in tmp_path.iterdir())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if "evaltracker" in line]
    assert (done.returncode, ours) == (0, []), done.stderr
