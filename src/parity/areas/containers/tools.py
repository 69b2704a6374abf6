"""Services that serve developers: catchers of mail, browsers of data, watchers of files, tests and seeds.

Source: the pages of the images, and the manuals of the programs.
"""

from __future__ import annotations

import re
from typing import Final

from parity.domain.stack import Service
from parity.domain.untrusted import mapping, text

_WORD: Final = re.compile(r"[a-z0-9]+")
# By the words of an image's name: nothing of production needs them.
_TOOLS: Final = (
    *("mailhog", "mailpit", "maildev", "mailcatcher", "inbucket", "smtp4dev", "fakesmtp", "greenmail", "papercut"),
    *(
        "adminer",
        "pgadmin",
        "pgadmin4",
        "phpmyadmin",
        "pghero",
        "pgweb",
        "cloudbeaver",
        "redisinsight",
        "redis commander",
    ),
    *("mongo express", "elasticvue", "kafdrop", "kafka ui", "akhq", "dejavu", "cerebro"),
    *("localstack", "elasticmq", "azurite", "dynamodb local", "fake gcs", "stripe mock", "wiremock", "mockserver"),
    *(
        "webhook tester",
        "httpbin",
        "selenium",
        "playwright",
        "chrome",
        "chromium",
        "cypress",
        "browserless",
        "storybook",
    ),
    *("swagger editor", "ngrok", "devcontainer", "spotlight", "toxiproxy"),
)
# Those whose name alone says nothing, with their owner's.
_OF_OWNERS: Final = frozenset({("redpandadata", "console")})
# What makes files that are kept, or gathers what only developers look at, by the service's name.
_HELPER: Final = re.compile(
    r"(?:^|[-_])(?:compiler|collector|linter|formatter|codegen|generator|profiler|debugger|mailcatcher|watcher|watch"
    r"|storybook|tailwind|webpack|vite|tests?|e2e|seed|seeder|fixtures)(?:$|[-_])"
)
# Commands that watch files, serve them to one developer, test, or fill a database with examples.
_COMMAND: Final = re.compile(
    r"(?<![\w.-])(?:--watch(?:-poll)?|build[-:]watch|watch(?:[-:]\w+)?|webpack(?:-dev-server| serve)"
    r"|vite(?! build| preview)"
    r"|(?:npm|yarn|pnpm|bun)(?: run)?(?: -\S{1,80}){0,4} (?:dev|start:dev|serve|storybook|watch|test|install|ci)"
    r"|storybook|tailwindcss?|nodemon|pytest|rspec|phpunit|jest|vitest|cypress|playwright|loaddata|db:seed|browser-sync"
    r"|next dev|ng serve|gulp watch|tsc -w|sleep infinity|tail -f /dev/null)(?![\w-])"
)
# Targets of a Dockerfile that developers run.
_TARGET: Final = re.compile(r"(?:^|[-_])(?:builder|node|assets|frontend-dev|watch|tests?|testing)(?:$|[-_])")


def is_a_tool(service: Service) -> bool:
    """Return whether a service is a program of developers, by its image."""
    owner, _, name = (service.config.image if service.config else "").lower().rpartition("/")
    words = set(_WORD.findall(re.split("[:@]", name)[0]))
    named = any(words >= set(program.split()) for program in _TOOLS)
    return named or (owner.rpartition("/")[2], *sorted(words)) in _OF_OWNERS


def serves_developers(service: Service) -> bool:
    """Return whether a service works for developers alone, as its name, its command or its build says."""
    config = service.config
    command = " ".join((*config.entrypoint, *(config.command or ()))) if config else ""
    build = mapping(service.declared.raw, "build") if service.declared else {}
    named = _HELPER.search(service.name.lower()) or _TARGET.search(text(build, "target").lower())
    return bool(is_a_tool(service) or named or _COMMAND.search(command))
