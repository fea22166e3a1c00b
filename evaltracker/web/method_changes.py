"""What version 2 of the method changed, lab by lab, on the same records (edition 2026.12; methodology, section 9).

The figures of method 1 are those that its last program computed; nothing computes them any more. A test holds those of
method 2 to the rules.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MethodChange:
    """One lab in one window on one day: counts, and under both methods the score and the span of places.

    ``counts`` are releases, and of these confirmed and possible evaluations: they did not change. A score is its two
    exact ends; None where there is none, which under method 2 means too few releases.
    """

    day: str
    window: str
    lab: str
    counts: tuple[int, int, int]
    score_before: tuple[str, str] | None
    places_before: tuple[int, int] | None
    score: tuple[str, str] | None
    places: tuple[int, int] | None

    @property
    def moved_by(self) -> str:
        """Which rule moved the score: "" where none did."""
        if self.score is None:
            return "a score needs three releases"
        return "" if self.score == self.score_before else "condensed words are no promise"


METHOD_2_CHANGES = (
    MethodChange("2024-05-24", "12", "anthropic", (3, 1, 1), ("44/3", "97/4"), (1, 3), ("44/3", "97/4"), (1, 1)),
    MethodChange("2024-05-24", "12", "google-deepmind", (2, 0, 2), ("3", "78"), (1, 4), None, None),
    MethodChange("2024-05-24", "12", "meta", (2, 0, 0), ("15", "15"), (1, 3), None, None),
    MethodChange("2024-05-24", "12", "openai", (2, 0, 0), ("0", "5"), (3, 4), None, None),
    MethodChange("2024-05-24", "12", "xai", (1, 0, 0), ("0", "0"), (4, 5), None, None),
    MethodChange("2024-05-24", "all", "anthropic", (3, 1, 1), ("44/3", "97/4"), (1, 4), ("44/3", "97/4"), (1, 2)),
    MethodChange("2024-05-24", "all", "google-deepmind", (2, 0, 2), ("3", "78"), (1, 4), None, None),
    MethodChange("2024-05-24", "all", "meta", (2, 0, 0), ("15", "15"), (1, 4), None, None),
    MethodChange("2024-05-24", "all", "openai", (3, 1, 1), ("85/6", "80/3"), (1, 4), ("85/6", "80/3"), (1, 2)),
    MethodChange("2024-05-24", "all", "xai", (1, 0, 0), ("0", "0"), (5, 5), None, None),
    MethodChange("2026-08-31", "12", "alibaba", (1, 0, 0), ("0", "0"), (8, 10), None, None),
    MethodChange("2026-08-31", "12", "amazon", (1, 0, 0), ("0", "27/2"), (6, 9), None, None),
    MethodChange("2026-08-31", "12", "anthropic", (9, 8, 8), ("17236/315", "86"), (1, 3), ("54059/1008", "86"), (1, 2)),
    MethodChange("2026-08-31", "12", "deepseek", (1, 0, 0), ("0", "0"), (8, 10), None, None),
    MethodChange("2026-08-31", "12", "google-deepmind", (4, 0, 2), ("1", "393/8"), (3, 9), ("1", "363/8"), (3, 5)),
    MethodChange("2026-08-31", "12", "meta", (3, 2, 2), ("425/12", "105/2"), (3, 5), ("425/12", "105/2"), (3, 4)),
    MethodChange("2026-08-31", "12", "microsoft", (1, 0, 0), ("6", "16"), (6, 9), None, None),
    MethodChange("2026-08-31", "12", "mistral", (2, 0, 0), ("0", "21"), (5, 9), None, None),
    MethodChange("2026-08-31", "12", "moonshot", (2, 0, 0), ("0", "0"), (8, 10), None, None),
    MethodChange("2026-08-31", "12", "nvidia", (1, 0, 0), ("0", "0"), (8, 10), None, None),
    MethodChange(
        "2026-08-31", "12", "openai", (7, 6, 6), ("26815/441", "5455/63"), (1, 3), ("5899/98", "2419/28"), (1, 2)
    ),
    MethodChange("2026-08-31", "12", "thinking-machines", (1, 1, 1), ("700/17", "75"), (1, 5), None, None),
    MethodChange("2026-08-31", "12", "xai", (5, 1, 1), ("69/4", "135/4"), (5, 7), ("285/17", "375/17"), (4, 5)),
    MethodChange("2026-08-31", "12", "zhipu", (1, 0, 0), ("0", "0"), (8, 10), None, None),
    MethodChange("2026-08-31", "all", "alibaba", (2, 0, 0), ("0", "0"), (9, 10), None, None),
    MethodChange("2026-08-31", "all", "amazon", (3, 1, 1), ("185/12", "139/4"), (4, 9), ("50/3", "129/4"), (3, 6)),
    MethodChange(
        "2026-08-31", "all", "anthropic", (18, 13, 13), ("7379/168", "12143/168"), (1, 4), ("3637/84", "431/6"), (1, 3)
    ),
    MethodChange("2026-08-31", "all", "deepseek", (4, 0, 0), ("0", "0"), (9, 10), ("0", "0"), (7, 8)),
    MethodChange("2026-08-31", "all", "google-deepmind", (8, 0, 6), ("1", "2137/32"), (1, 9), ("1", "2097/32"), (1, 7)),
    MethodChange("2026-08-31", "all", "meta", (7, 2, 2), ("515/28", "180/7"), (4, 8), ("515/28", "180/7"), (3, 6)),
    MethodChange("2026-08-31", "all", "microsoft", (2, 0, 0), ("6", "16"), (5, 9), None, None),
    MethodChange("2026-08-31", "all", "mistral", (3, 0, 0), ("0", "21"), (4, 9), ("0", "120/17"), (6, 7)),
    MethodChange("2026-08-31", "all", "moonshot", (2, 0, 0), ("0", "0"), (9, 10), None, None),
    MethodChange("2026-08-31", "all", "nvidia", (1, 0, 0), ("0", "0"), (9, 10), None, None),
    MethodChange(
        "2026-08-31",
        "all",
        "openai",
        (17, 12, 12),
        ("669415/12614", "67880/901"),
        (1, 4),
        ("275075/5236", "14045/187"),
        (1, 3),
    ),
    MethodChange("2026-08-31", "all", "thinking-machines", (1, 1, 1), ("700/17", "75"), (1, 4), None, None),
    MethodChange("2026-08-31", "all", "xai", (9, 1, 2), ("163/12", "211/6"), (4, 9), ("635/51", "1210/51"), (3, 6)),
    MethodChange("2026-08-31", "all", "zhipu", (1, 0, 0), ("0", "0"), (9, 10), None, None),
)
