"""A value with some fields changed is what the standard library's `replace` makes of it."""

import dataclasses

import pytest

from controller.directory.replace import replace


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    name: str
    ready: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Longer(Base):
    number: int = 1


def test_what_is_named_is_changed_and_nothing_else() -> None:
    before = Longer(name="a", ready=True)

    after = replace(before, number=2)

    assert after == dataclasses.replace(before, number=2) == Longer(name="a", ready=True, number=2)
    assert before == Longer(name="a", ready=True, number=1), "a value never changes"


def test_with_nothing_named_it_is_an_equal_value() -> None:
    before = Base(name="a")

    assert replace(before) == before
    assert replace(before) is not before


def test_a_field_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="colour"):
        replace(Base(name="a"), colour="red")  # type: ignore[call-arg]


def test_a_class_that_checks_what_it_is_made_of_is_not_copied_past_the_check() -> None:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Checked:
        low: int
        high: int

        def __post_init__(self) -> None:
            assert self.low <= self.high

    with pytest.raises(AssertionError, match="checks something"):
        replace(Checked(1, 2), low=3)
