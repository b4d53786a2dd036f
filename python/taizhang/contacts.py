"""Contacts: names and telephone numbers of persons in plans, and how they are blanked for publication.

The rule, as one would explain it at a counter:

- **Telephone numbers** are blanked wherever they stand: mobile numbers (11 digits, 13 to 19 in front), landline
  numbers with an area code (0750-3831234), and behind 电话, 手机, 传真 or 座机 also local numbers of seven or eight
  digits. Public hot lines (12345, 12320, 400-…) are nobody's and stay.
- **Names** are blanked behind 联系人, 联络员, 联络人, 经办人 and 咨询人 with a colon or space: two to four characters,
  several of them joined by 、. Where an office stands in front of the name (市卫生健康局张三), the name is what follows
  the office's last word. A name that was found so is blanked everywhere in its document.
- **E-mail addresses** are blanked wherever they stand.

Each character becomes ×, so that all places in the text stay what they are. Officials who are named in their office
(组长：王某某, signatures) are the public's business, and stay; so do names in tables without such a label in front.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

BLANK = "×"

_DASH = r"[-－—–‐ \u00a0]"
_NUMBER = re.compile(
    rf"""(?<![0-9０-９])(?:
        1[3-9]\d(?:{_DASH}?\d{{4}}){{2}}
      | [(（]?0\d{{2,3}}[)）]?{_DASH}{{0,3}}[2-9]\d{{6,7}}(?:(?:{_DASH}|转)\d{{1,6}})?
    )(?![0-9０-９])""",
    re.VERBOSE,
)
_LABELLED = re.compile(
    r"(?:电\s*话|手\s*机|传\s*真|座\s*机)(?:号码)?(?:[(（][^)）\n]{0,12}[)）])?[：:\s]{0,4}"
    rf"((?<![0-9])[2-9]\d{{2,3}}{_DASH}?\d{{4}}(?![0-9])(?:[、,，/;；\s]{{1,3}}[2-9]\d{{2,3}}{_DASH}?\d{{4}}(?![0-9]))*)"
)
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_HAN = "[\u3400-\u9fff·]"
_PERSON = re.compile(r"联\s*系\s*人|联\s*络\s*[员人]|经\s*办\s*人|咨\s*询\s*人")
_BEHIND = re.compile(
    rf"(?:[(（][^)）\n]{{0,12}}[)）])?(?:及(?:联系)?(?:电话|方式))?[：:\s]{{1,4}}({_HAN}{{2,16}}(?:[、/]\s?{_HAN}{{2,16}})*)"
)
_OFFICE = re.compile(rf"^(.*(?:局|委|办|科|处|室|部|会|院|厅|中心|站|所|队|公司))({_HAN}{{2,4}})$")
_TITLE = re.compile(r"(?:先生|女士|同志|科长|处长|主任|局长|股长)$")
_NO_NAME = re.compile(
    r"^(?:联系|电话|手机|传真|职务|单位|姓名|部门|地址|邮箱|邮编|职责|名单|各|由|为|负责|市|县|省)|(?:电话|方式|名单|制度)$"
)


def names(text: str) -> list[str]:
    """The names of contact persons that a text tells, in its order.

    Examples
    --------
    >>> names("（联系人：张三、市医保局李小明，电话：0750-3831234）")
    ['张三', '李小明']
    """
    found: list[str] = []
    for label in _PERSON.finditer(text):
        behind = _BEHIND.match(text, label.end())
        for run in re.split(r"[、/]\s?", behind[1]) if behind else ():
            name = _name(run)
            if name and name not in found:
                found.append(name)
    return found


def _name(run: str) -> str | None:
    office = _OFFICE.match(run)
    name = _TITLE.sub("", office[2] if office else run)
    if not 2 <= len(name) <= (4 if "·" not in name else 16) or (not office and _NO_NAME.search(name)):
        return None
    return name


def blanked(text: str, known: Iterable[str] = ()) -> str:
    """The text with names, telephone numbers and addresses blanked, character by character.

    Parameters
    ----------
    text
        A document's text, or words from it.
    known
        Names that were found in the document as a whole.

    Examples
    --------
    >>> blanked("联系人：张三，电话：3831234；热线12345")
    '联系人：××，电话：×××××××；热线12345'
    """
    spots = [match.span() for pattern in (_NUMBER, _MAIL) for match in pattern.finditer(text)]
    spots += [match.span(1) for match in _LABELLED.finditer(text)]
    for name in {*known, *names(text)}:
        at = text.find(name)
        while at >= 0:
            spots.append((at, at + len(name)))
            at = text.find(name, at + len(name))
    if not spots:
        return text
    out = list(text)
    for start, end in spots:
        out[start:end] = [c if c in " -－—–（）()、，,\n" else BLANK for c in out[start:end]]
    return "".join(out)
