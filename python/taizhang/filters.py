"""What a question may ask for, checked and brought into the one form that the library takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args

Words = str | Iterable[str] | None
"""One value or several; several are or, but for `text`, where they are and."""

Years = int | range | Iterable[int] | None
"""A year, a range of years, or a set of years."""

Role = Literal["lead", "responsible", "cooperating", "supervising"]
Level = Literal["country", "province", "prefecture", "county"]
Kind = Literal["task", "preamble"]
Copies = Literal["once", "all"]
Op = Literal["=", ">=", "<=", ">", "<", "~", "range"]

Roles = Role | Iterable[Role] | None
Levels = Level | Iterable[Level] | None
Kinds = Kind | Iterable[Kind] | None
Ops = Op | Iterable[Op] | None

_CHOICES = {"role": get_args(Role), "level": get_args(Level), "op": get_args(Op)}


def normal(filters: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not asked for; turn single values into lists and years into their own two forms.

    Examples
    --------
    >>> normal({"place": "江门市", "role": None, "year": 2019, "implied": False})
    {'place': ['江门市'], 'years': [2019], 'implied': False}
    >>> normal({"year": range(2019, 2023)})
    {'years': [2019, 2020, 2021, 2022]}
    """
    out: dict[str, Any] = {}
    for name, value in filters.items():
        if value is None:
            continue
        match name:
            case "year":
                out["years"] = _years(value)
            case "since":
                out["year_from"] = _number(name, value)
            case "until":
                out["year_to"] = _number(name, value)
            case "due" | "limit":
                out[name] = _number(name, value)
            case "implied":
                if not isinstance(value, bool):
                    raise TypeError(f"implied is True, False or None, not {value!r}")
                out[name] = value
            case "copies":
                if value not in ("once", "all"):
                    raise ValueError(f'copies is "once" or "all", not {value!r}')
                if value == "all":
                    out[name] = True
            case "at_least" | "at_most":
                out["value_from" if name == "at_least" else "value_to"] = float(value)
            case "order":
                out[name] = [(word.removeprefix("-"), word.startswith("-")) for word in _words(name, value)]
            case "where":
                out["metadata"] = {str(k): _texts(v) for k, v in dict(value).items()}
            case _:
                out[name] = _words(name, value)
    return out


def _words(name: str, value: Any) -> list[str]:
    words = [value] if isinstance(value, str) else list(value) if isinstance(value, Iterable) else [value]
    for word in words:
        if not isinstance(word, str):
            raise TypeError(f"{name} takes text, not {word!r}")
        if name in _CHOICES and word not in _CHOICES[name]:
            raise ValueError(f"{name} is one of {', '.join(_CHOICES[name])}, not {word!r}")
        if name in ("text", "any", "without") and not word:
            raise ValueError(f"{name} takes words, not the empty text")
    return words


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, (list, tuple, set, frozenset, range)) else [value]
    return [str(v) for v in values]


def _years(value: Any) -> list[int]:
    years = [value] if isinstance(value, int) else list(value) if isinstance(value, Iterable) else [value]
    return [_number("year", year) for year in years]


def _number(name: str, value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} takes a whole number, not {value!r}")
    number = int(value.__index__())
    if name != "limit" and not 1900 <= number <= 9999:
        raise ValueError(f"{name} takes a year of four digits, not {number}")
    return number
