"""Things to copy: names, dates, amounts and the like, many of them of words that are met nowhere else."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass

_FIRST_DAY = datetime.date(2019, 1, 1)
_CURRENCIES = {"EUR": ("EUR", "€", "euros"), "USD": ("USD", "$", "dollars"), "GBP": ("GBP", "£", "pounds")}
_CURRENCIES_ZH = {"CNY": ("元", "人民币", "CNY"), "USD": ("美元", "USD"), "EUR": ("欧元", "EUR")}
_MONTHS = tuple(datetime.date(2000, month, 1).strftime("%B") for month in range(1, 13))


@dataclass(frozen=True, slots=True)
class Values:
    """Where values come from: lists in the order of a file, and words of the vocabulary."""

    lists: dict[str, list[str]]
    words: list[str]
    language: str
    dice: random.Random

    def draw(self) -> dict[str, str]:
        """One value for every {name} that a sentence may hold."""
        drawn = {name: self.dice.choice(kept) for name, kept in self.lists.items()}
        drawn["title"] = drawn["item"]
        if self.dice.random() < 0.65:
            drawn |= self._made_up()
        return drawn | self._numbers() | self._day() | self._figures()

    def _made_up(self) -> dict[str, str]:
        word, dice = self._word, self.dice
        if self.language == "zh":
            name = word() + (word() if dice.random() < 0.2 else "")
            return {
                "name": name,
                "place": word(),
                "company": word() + dice.choice(("公司", "", "集团", "科技", "")),
                "item": word(),
                "event": word() + dice.choice(("会", "", "比赛")),
                "title": word() + word() + dice.choice(("", word())),
            }
        return {
            "name": " ".join(word().capitalize() for _ in range(dice.randrange(1, 4))),
            "place": word().capitalize(),
            "company": " ".join([word().capitalize(), *dice.choice(([], ["Ltd"], ["GmbH"], [word()]))]),
            "item": word() + dice.choice(("", "", f" {word()}")),
            "event": word(),
            "title": " ".join(word() for _ in range(dice.randrange(1, 5))),
        }

    def _word(self) -> str:
        return self.dice.choice(self.words)

    def _numbers(self) -> dict[str, str]:
        dice = self.dice
        digits = str(dice.randrange(10 ** dice.randrange(1, 6)))
        letters = "".join(dice.choice("ABCDEFGHKLMNPRSTVWX") for _ in range(dice.randrange(1, 4)))
        year = dice.randrange(2019, 2030)
        number = dice.choice(
            (
                digits,
                f"{letters}-{digits}",
                f"{letters}{digits}",
                f"{year}/{digits}",
                f"INV-{digits}",
                f"#{digits}",
            )
        )
        phones = (f"555-{dice.randrange(10_000):04}", f"+49 {dice.randrange(1000)} {dice.randrange(10_000)}")
        at = f"{dice.randrange(24)}:{dice.choice(('00', '15', '30', '45', '05', '10'))}"
        return {
            "number": number,
            "count": str(dice.randrange(1, 10 ** dice.randrange(1, 4))),
            "phone": dice.choice(phones),
            "at": at,
            "clock": at.zfill(5),
            "percent": f"{dice.randrange(100)}%"
            if dice.random() < 0.5
            else f"{dice.randrange(100)}.{dice.randrange(10)}%",
            "quarter": dice.choice((f"Q{dice.randrange(1, 5)}", f"{year} Q{dice.randrange(1, 5)}")),
            "year": str(dice.randrange(1950, 2030)),
        }

    def _day(self) -> dict[str, str]:
        """A day as people write it, and as JSON has it."""
        day = _FIRST_DAY + datetime.timedelta(days=self.dice.randrange(365 * 11))
        month = _MONTHS[day.month - 1]
        if self.language == "zh":
            forms = (f"{day.year}年{day.month}月{day.day}日", day.isoformat())
        else:
            forms = (
                f"{day.day} {month} {day.year}",
                f"{month} {day.day}, {day.year}",
                f"{day.day} {month[:3]} {day.year}",
                day.isoformat(),
            )
        return {"day": self.dice.choice(forms), "iso": day.isoformat()}

    def _figures(self) -> dict[str, str]:
        """A sum with its currency, and figures with a unit that belongs to them."""
        dice = self.dice
        whole = dice.randrange(1, 10 ** dice.randrange(1, 5))
        total = f"{whole}.{dice.randrange(10, 100)}" if dice.random() < 0.35 else str(whole)
        currencies = _CURRENCIES_ZH if self.language == "zh" else _CURRENCIES
        code = dice.choice(list(currencies))
        sign = dice.choice(currencies[code])
        ahead = sign in ("€", "$", "£")
        units = (
            ("亿元", "万元", "百万元")
            if self.language == "zh"
            else (" million", "m", " bn", " million euros")
        )
        unit = dice.choice(units)
        mark = "" if self.language == "zh" and not sign.isascii() else " "
        return {
            "total": total,
            "currency": code,
            "sum": f"{sign}{total}" if ahead else f"{total}{mark}{sign}",
            **{name: f"{dice.randrange(1, 100)}.{dice.randrange(100)}{unit}" for name in ("money", "cash")},
        }
