"""What a page is made of: blocks that say what they ask, so that a page asks once."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

import streamlit as st

from analytics_core.errors import TokentallyError
from analytics_core.reports.reported import beforehand
from analytics_core.reports.span import before
from analytics_core.semantics.query import Query
from analytics_core.store.view import View
from analytics_core.ui import first_page

log = logging.getLogger(__name__)
SKELETONS = (110, 340, 340)  # pixels: the cards and the first panels
FIRST = 2  # rows of a page that fill a screen


class Block(Protocol):
    """One part of a page."""

    def questions(self, view: View) -> Sequence[Query]:
        """What it will ask the View, as far as that is known beforehand."""
        ...

    def present(self, view: View) -> bool:
        """Whether there is anything for it to show; an absent one leaves no gap."""
        ...

    def draw(self, view: View) -> None:
        """Draws it, with its own edge for errors."""
        ...


@runtime_checkable
class Compared(Protocol):
    """A block that also asks what was in the period before."""

    def questions_before(self, view: View) -> Sequence[Query]:
        """What it will ask of the View of the period before, as far as that is known beforehand."""
        ...


def earlier_of(block: Block, view: View) -> Sequence[Query]:
    """What a block will ask of the period before."""
    return block.questions_before(view) if isinstance(block, Compared) else ()


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A block that looks at less, or at another period, than the page."""

    block: Block
    how: Callable[[View], View]

    def questions(self, view: View) -> Sequence[Query]:
        """None: they are asked of another View."""
        return ()

    def present(self, view: View) -> bool:
        """Whether the block has something to show of what it looks at."""
        return self.block.present(self.how(view))

    def draw(self, view: View) -> None:
        """Draws the block."""
        self.block.draw(self.how(view))


@dataclass(frozen=True, slots=True)
class OfOthers:
    """A block that compares people: absent for readers who see only their own rows."""

    block: Block

    def questions(self, view: View) -> Sequence[Query]:
        """What the block asks, where it is there."""
        return () if view.scope.own_rows_only else self.block.questions(view)

    def questions_before(self, view: View) -> Sequence[Query]:
        """What the block asks of the period before, where it is there."""
        return () if view.scope.own_rows_only else earlier_of(self.block, view)

    def present(self, view: View) -> bool:
        """Whether there is anybody to compare, and anything to show."""
        return not view.scope.own_rows_only and self.block.present(view)

    def draw(self, view: View) -> None:
        """Draws the block."""
        self.block.draw(view)


Row: TypeAlias = Block | tuple[Block, ...]  # blocks in a tuple stand side by side
Blocks: TypeAlias = Sequence[Row]


def questions(view: View, blocks: Blocks) -> list[Query]:
    """What the blocks will ask in one pass, as far as that is known beforehand; each question once."""
    return _once(query for block in _each(blocks) for query in block.questions(view))


def earlier(view: View, blocks: Blocks) -> list[Query]:
    """What they will ask of the period before, alike."""
    return _once(query for block in _each(blocks) for query in earlier_of(block, view))


def _once(queries: Iterable[Query]) -> list[Query]:
    """What the View itself is asked for them, each question once."""
    return list(dict.fromkeys(plain for query in queries for plain in beforehand(query)))


def ask(view: View, blocks: Blocks) -> None:
    """Asks everything at once and keeps the answers; grey shapes stand in while it takes long."""
    asked = [(view, questions(view, blocks)), (before(view), earlier(view, blocks))]
    passes = [(of, queries) for of, queries in asked if queries]
    if not passes:
        return
    # Always there: an element more or less would give all that follow new ids, and the browser
    # could use none of the charts it keeps.
    place = st.empty()
    if all(of.answered(queries) for of, queries in passes):
        return
    with place.container():
        for height in SKELETONS:
            st.skeleton(height)
    try:
        for of, queries in passes:
            of.ask_all(queries)
    except TokentallyError:
        log.debug("asked apart", exc_info=True)  # each block says what it cannot have
    place.empty()


def draw(view: View, blocks: Blocks) -> None:
    """Draws the blocks from top to bottom; those side by side share a row on a desk."""
    _rows(view, blocks[:FIRST])
    if blocks[FIRST:]:
        first_page.rest(view.scope, lambda: _rows(view, blocks[FIRST:]))


def _rows(view: View, blocks: Blocks) -> None:
    for row in blocks:
        there = [block for block in _each([row]) if block.present(view)]
        if len(there) == 1:
            there[0].draw(view)
        elif there:
            for column, block in zip(st.columns(len(there)), there, strict=True):
                with column:
                    block.draw(view)


def _each(blocks: Blocks) -> Iterator[Block]:
    for row in blocks:
        if isinstance(row, tuple):
            yield from row
        else:
            yield row
