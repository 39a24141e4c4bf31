"""Peer of `posthorn validate`: PyYAML's C loader and pydantic over every post, in two processes.

    check_posts.py WORKTREE [PROCESSES]

Prints the paths of the invalid posts as a JSON array. It checks less than the product does: no duplicate keys,
no unique ids, no clock changes, no line and column.
"""
import datetime
import functools
import json
import multiprocessing
import os
import re
import sys
import typing
import zoneinfo

import pydantic
import yaml

find_zone = functools.lru_cache(maxsize=None)(zoneinfo.ZoneInfo)
known_accounts = set()


def known_zone(name):
    find_zone(name)
    return name


def known_account(name):
    if name not in known_accounts:
        raise ValueError(f"no account is called {name}")
    return name


class Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")


class Medium(Strict):
    path: str | None = None
    url: typing.Annotated[str, pydantic.StringConstraints(pattern=r"^https://", max_length=2048)] | None = None
    alt: str | None = None

    @pydantic.model_validator(mode="after")
    def has_one_source(self):
        if (self.path is None) == (self.url is None):
            raise ValueError("needs a path or a url")
        return self


class Suspension(Strict):
    reason: str | None = None
    until: datetime.datetime | None = None


Account = typing.Annotated[str, pydantic.AfterValidator(known_account)]
Length = typing.Annotated[str, pydantic.StringConstraints(pattern=r"^[0-9]+[smhd]$")]


class Post(Strict):
    scheduled_time: datetime.datetime
    timezone: typing.Annotated[str, pydantic.AfterValidator(known_zone)]
    accounts: typing.Annotated[list[Account], pydantic.Field(min_length=1)]
    title: str | None = None
    caption: str | None = None
    media: list[Medium] = []
    options: dict[str, dict] = {}
    overrides: dict[Account, dict] = {}
    grace: Length | None = None
    suspend: bool | Suspension | None = None
    id: typing.Annotated[str, pydantic.StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,127}$")] | None = None


def is_valid(path):
    try:
        with open(path, "rb") as file:
            Post.model_validate(yaml.load(file, yaml.CSafeLoader))
    except Exception:  # whatever is wrong with one file must not stop the others
        return False
    return True


def invalid(paths):
    return [path for path in paths if not is_valid(path)]


def posts(folder):
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from posts(entry.path)
        elif re.search(r"\.ya?ml$", entry.name):
            yield entry.path


def main():
    os.chdir(sys.argv[1])
    processes = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    known_accounts.update(name.rsplit(".", 1)[0] for name in os.listdir("schedule/accounts"))
    paths = list(posts("schedule/posts"))
    chunks = [paths[start:start + 500] for start in range(0, len(paths), 500)]
    with multiprocessing.Pool(processes) as pool:  # forked, so that they know the accounts
        found = [path for chunk in pool.imap_unordered(invalid, chunks) for path in chunk]
    json.dump(sorted(found), sys.stdout)


if __name__ == "__main__":
    main()
