"""Templates: the shipped ones, and users' own that extend them. The text of articles is data here, never a template."""

from __future__ import annotations

import traceback
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from pipeline.config import ConfigError
from pipeline.deliveries._view import View
from pipeline.deliveries._words import said

Kind = Literal["mail", "slack", "apprise"]
MAX_CHARACTERS = 1_000_000
_OWN = "own"
_Source = tuple[str, str, None]
"""Text, and the name of its file."""


class TemplateFailedError(Exception):
    """A template failed with a message; the reason says where and why."""


class Templates:
    """The parts of messages of one kind. Raises ConfigError for a template of the user's that cannot be.

    `setting` names where the template is set, for messages.
    """

    def __init__(self, kind: Kind, own: Path | None, setting: str) -> None:
        self._name = f"{kind}.jinja"
        self._own = own
        sources = {name: (text, name, None) for name, text in _shipped().items()}
        if own is not None:
            sources[_OWN] = (_read(own, setting), str(own), None)
        self._plain = _environment(sources, escaped=False)
        self._escaped = _environment(sources, escaped=True)
        if own is not None:
            self._check(sources[_OWN][0], sources[self._name][0], setting)
            self._name = _OWN

    def render(self, part: str, view: View, *, escaped: bool = False, **more: Any) -> str:
        """A part of the message; `escaped`: as HTML. Raises TemplateFailedError."""
        environment = self._escaped if escaped else self._plain
        variables = {each.name: getattr(view, each.name) for each in fields(view)}
        try:
            text = environment.get_template(self._name).render(variables, part=part, **more)
        except Exception as error:
            raise TemplateFailedError(self._told(error)) from error
        if len(text) > MAX_CHARACTERS:
            raise TemplateFailedError(f"the template makes more than {MAX_CHARACTERS:,} characters")
        return text

    def _check(self, source: str, shipped: str, setting: str) -> None:
        """Syntax, and that it extends the shipped one in blocks that this has. Raises ConfigError."""
        try:
            tree = self._plain.parse(source)
            self._plain.get_template(_OWN)
        except TemplateError as error:
            raise ConfigError(f"{setting}: {self._told(error)}") from None
        first = tree.find(nodes.Extends)
        if first is None or first.template != nodes.Const(self._name):
            raise ConfigError(
                f'{setting}: {self._own}: line 1: it has to begin with {{% extends "{self._name}" %}} and to redefine '
                f"its blocks"
            )
        known = [block.name for block in self._plain.parse(shipped).find_all(nodes.Block)]
        for block in tree.find_all(nodes.Block):
            if block.name not in known:
                raise ConfigError(
                    f"{setting}: {self._own}: line {block.lineno}: {self._name} has no block {block.name!r}; "
                    f"there are: {', '.join(known)}"
                )

    def _told(self, error: Exception) -> str:
        """File, line and reason."""
        file, line = (self._own or self._name), None
        if isinstance(error, TemplateSyntaxError):
            line = error.lineno
        else:
            # Jinja writes tracebacks in the lines of templates.
            for frame in traceback.extract_tb(error.__traceback__):
                if frame.filename == str(self._own) or frame.filename.endswith(".jinja"):
                    file, line = frame.filename, frame.lineno
        reason = str(error) if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"
        return f"{file}: {f'line {line}: ' if line else ''}{said(reason)}"


def _environment(sources: dict[str, _Source], *, escaped: bool) -> Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(sources.get), autoescape=escaped, undefined=StrictUndefined, keep_trailing_newline=True
    )
    environment.filters["bold"] = _bold
    return environment


def _bold(text: str) -> Markup:
    """In Slack's mrkdwn, where stars count at the edges of words alone: zero-width spaces make them, as in Chinese."""
    bare = text.strip()
    if not bare:
        return escape(text)
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return Markup("{}\u200b*{}*\u200b{}").format(before, bare, after)


def _shipped() -> dict[str, str]:
    folder = files("pipeline") / "deliveries" / "templates"
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".jinja")}


def _read(path: Path, setting: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{setting}: {path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{setting}: {path} is no UTF-8 text") from None
