"""What the settings read from the environment."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "SECRET_KEY": "only-for-this-test-" + "".join(chr(97 + n * 7 % 26) for n in range(40)),
    "SITE_URL": "https://evaltracker.example",
}


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Python in a process of its own with these variables and nothing of a developer's."""
    environment = {"PATH": os.environ["PATH"], "ENV_FILE": "", **variables}
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def settings(*names: str, **variables: str) -> list[object]:
    """These settings' values under these variables, in production unless said otherwise."""
    code = f"import json; from evaltracker import settings; print(json.dumps([getattr(settings, n) for n in {names}]))"
    done = run("-c", code, **{**PRODUCTION, **variables})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def variables_read() -> set[str]:
    """The first argument of each env(…), env.<cast>(…) and os.environ.get(…) in the settings."""
    tree = ast.parse((ROOT / "evaltracker" / "settings.py").read_text())
    return {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and re.fullmatch(r"env(\.(?!read_env)\w+)?|os\.environ\.get|os\.getenv", ast.unparse(call.func))
        and isinstance(call.args[0], ast.Constant)
    }


def test_the_example_lists_each_variable_that_the_settings_read_and_no_other():
    example = (ROOT / ".env.example").read_text()
    listed = re.findall(r"^#?([A-Z][A-Z0-9_]*)=", example, re.MULTILINE)
    assert sorted(listed) == sorted(variables_read())


def test_the_example_explains_each_variable_and_holds_no_secret():
    blocks = (ROOT / ".env.example").read_text().strip().split("\n\n")[1:]
    assert all(re.match(r"# .+\n(# .+\n)*#?[A-Z0-9_]+=[^\n]*$", block) for block in blocks)
    assert any(block.endswith("\nSECRET_KEY=") for block in blocks)


def test_the_example_shows_what_is_in_force_when_nothing_is_set(tmp_path):
    names = ["DEBUG", "SITE_URL", "SECURE_HSTS_SECONDS", "LOGGING", "SECURE_SSL_REDIRECT"]
    example = tmp_path / "env"
    example.write_text((ROOT / ".env.example").read_text())
    only_key = {"SITE_URL": ""}
    assert settings(*names, ENV_FILE=str(example), **only_key) == settings(*names, **only_key)


def test_without_a_secret_key_there_is_one_clear_line():
    done = run("manage.py", "check")
    assert done.returncode == 1
    assert done.stderr.startswith("manage.py: SECRET_KEY is not set: ")
    assert done.stderr.count("\n") == 1


def test_debug_is_off_and_https_on_unless_asked_otherwise():
    names = ["DEBUG", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"]
    assert settings(*names) == [False, True, True, True]
    assert settings(*names, HTTPS="false") == [False, False, False, False]
    assert settings(*names, DEBUG="true") == [True, False, False, False]


def test_the_site_answers_to_the_host_of_its_address():
    assert settings("SITE_URL", "ALLOWED_HOSTS", SITE_URL="https://evals.example:8443/") == [
        "https://evals.example:8443",
        ["evals.example"],
    ]
    assert settings("ALLOWED_HOSTS", ALLOWED_HOSTS="a.example,b.example") == [["a.example", "b.example"]]


def test_a_file_fills_in_what_the_environment_leaves_out(tmp_path):
    file = tmp_path / "env"
    file.write_text("SECRET_KEY=from-the-file\nSITE_URL=https://file.example\n")
    done = run(
        "-c",
        "from evaltracker import settings as s; print(s.SECRET_KEY, s.SITE_URL)",
        ENV_FILE=str(file),
        SITE_URL="https://environment.example",
    )
    assert done.stdout.split() == ["from-the-file", "https://environment.example"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgres://me:p%40ss@db.example:5433/evals", ("evals", "me", "p@ss", "db.example", 5433)),
        ("postgres://me@//run/postgresql/evals", ("evals", "me", "", "/run/postgresql", "")),
    ],
    ids=["host", "unix socket"],
)
def test_the_database_url_switches_to_postgresql(url, expected):
    [databases] = settings("DATABASES", DATABASE_URL=url)
    database = databases["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert tuple(database[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")) == expected


def test_a_replica_is_kept_open_like_the_database_and_of_its_kind():
    primary, replica = "postgres://me@db.example/evals", "postgres://me@other.example/evals"
    [databases] = settings("DATABASES", DATABASE_URL=primary, DATABASE_REPLICA_URL=replica)
    assert databases["replica"]["HOST"] == "other.example"
    for key in ("ENGINE", "OPTIONS", "CONN_MAX_AGE", "CONN_HEALTH_CHECKS"):
        assert databases["replica"][key] == databases["default"][key]
    assert list(settings("DATABASES", DATABASE_URL=primary)[0]) == ["default"]
    mixed = run("manage.py", "check", DATABASE_URL="sqlite:///a", DATABASE_REPLICA_URL=replica, **PRODUCTION)
    assert mixed.stderr == "manage.py: DATABASE_REPLICA_URL names another kind of database than DATABASE_URL.\n"


def test_a_proxy_is_trusted_only_where_asked_for():
    code = "from evaltracker import settings as s; print(getattr(s, 'SECURE_PROXY_SSL_HEADER', None))"
    assert run("-c", code, **PRODUCTION).stdout.strip() == "None"
    trusting = run("-c", code, TRUST_X_FORWARDED_PROTO="true", **PRODUCTION)
    assert trusting.stdout.strip() == "('HTTP_X_FORWARDED_PROTO', 'https')"


def test_djangos_deployment_check_has_nothing_to_say_about_production():
    proxy = {"TRUST_X_FORWARDED_PROTO": "true", "TRUST_X_FORWARDED_FOR": "true"}
    done = run("manage.py", "check", "--deploy", "--fail-level=WARNING", **proxy, **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_every_answer_carries_the_security_headers(client, db):
    response = client.get("/admin/login/")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert response.headers["Permissions-Policy"]
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"


def test_new_passwords_are_hashed_with_argon2_and_log_ins_are_throttled():
    hashers, is_on, locked = settings("PASSWORD_HASHERS", "AUTHENTICATION_BACKENDS", "AXES_LOCKOUT_PARAMETERS")
    assert hashers[0].endswith("Argon2PasswordHasher")
    assert is_on[0] == "axes.backends.AxesStandaloneBackend"
    assert locked == [["username", "ip_address"]]


def test_the_second_factor_is_on_unless_debug_and_sessions_end():
    names = ["SECOND_FACTOR", "DESK_IDLE_SECONDS", "SESSION_COOKIE_AGE", "SESSION_COOKIE_HTTPONLY"]
    assert settings(*names) == [True, 7200, 43200, True]
    assert settings(*names, DEBUG="true") == [False, 7200, 43200, True]
    own = {"SECOND_FACTOR": "false", "DESK_IDLE_MINUTES": "30", "DESK_SESSION_HOURS": "8"}
    assert settings(*names, **own) == [False, 1800, 28800, True]


@pytest.mark.parametrize("name", ["DESK_IDLE_MINUTES", "DESK_SESSION_HOURS"])
@pytest.mark.parametrize("value", ["0", "-1", "soon"])
def test_a_session_without_an_end_is_refused_with_what_is_allowed(name, value):
    done = run("manage.py", "check", **PRODUCTION, **{name: value})
    assert done.returncode == 1
    assert "DESK_IDLE_MINUTES and DESK_SESSION_HOURS have to be whole numbers above 0." in done.stderr
