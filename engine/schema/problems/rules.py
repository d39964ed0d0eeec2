"""The rules that find problems: what each looks for, and how grave it is unless somebody says otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.schema.problems.problem import Profile, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

_ERROR, _WARNING, _HINT = Severity.ERROR, Severity.WARNING, Severity.HINT
_PROFILES = frozenset({Profile.JSON_SCHEMA, Profile.GENERATION})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `meaning` is a sentence for a list of settings."""

    name: str
    profile: Profile
    severity: Severity
    meaning: str


def _rules(profile: Profile, *rules: tuple[str, Severity, str]) -> dict[str, Rule]:
    return {name: Rule(name, profile, severity, meaning) for name, severity, meaning in rules}


RULES: Mapping[str, Rule] = {
    **_rules(
        Profile.JSON_SCHEMA,
        ("syntax", _ERROR, "The text is JSON."),
        ("duplicate-key", _ERROR, "No key stands twice in one object."),
        ("huge-number", _ERROR, "Numbers are finite in double precision."),
        ("half-character", _ERROR, "Texts hold whole characters, no halves of surrogate pairs."),
        ("hidden-character", _WARNING, "No characters that cannot be seen, or that turn the direction of a line."),
        ("nesting", _ERROR, "The schema is not nested too deeply to be read."),
        ("metaschema", _ERROR, "Keywords have the values that the specification gives them."),
        ("unknown-draft", _ERROR, "$schema names a draft that is known."),
        ("bad-pattern", _ERROR, "Patterns are regular expressions of ECMA-262."),
        ("unresolved-ref", _ERROR, "References lead to something in the schema."),
        ("idle-ref", _WARNING, "References lead to something, also where nothing leads to them."),
        ("unknown-keyword", _WARNING, "No keyword is nearly spelled like a known one."),
        ("foreign-keyword", _WARNING, "Keywords belong to the draft of the schema."),
        ("ignored-keyword", _WARNING, "No keyword stands beside a $ref where the draft ignores it."),
        ("undefined-required", _WARNING, "Required names are properties."),
        ("duplicate-enum", _WARNING, "No value is listed twice in an enum."),
        ("unused-definition", _HINT, "Definitions are used."),
        ("bad-default", _HINT, "Defaults are values that the schema allows."),
        ("bad-example", _HINT, "Examples are values that the schema allows."),
    ),
    **_rules(
        Profile.GENERATION,
        ("endless", _ERROR, "Recursion can end."),
        ("impossible-pattern", _ERROR, "Some string matches each pattern."),
        ("empty-range", _ERROR, "Least and greatest leave something between them."),
        ("no-multiple", _ERROR, "Some multiple lies between the bounds."),
        ("no-value", _ERROR, "Some value of an enum or const is allowed by the keywords beside it."),
        ("impossible-value", _WARNING, "All values of an enum are allowed by the keywords beside it."),
        ("contradiction", _ERROR, "What the schema demands does not contradict itself."),
        ("unsupported", _ERROR, "The schema can be held to while an answer is written."),
        ("answer-first", _WARNING, "Reasoning is written before the answer that follows from it."),
        ("free-string", _HINT, "Strings have a limit."),
        ("free-array", _HINT, "Arrays have a limit."),
        ("least-size", _WARNING, "The shortest answer fits the limit of tokens."),
        ("checked-only", _HINT, "Keywords can be masked, and need not be checked afterwards."),
        ("not-examined", _ERROR, "The schema can be examined in time."),
    ),
    **_rules(
        Profile.STRICT,
        ("strict-root", _ERROR, "The root is an object, and no reference or anyOf."),
        ("strict-type", _ERROR, "Every schema names its type."),
        ("strict-boolean", _ERROR, "No schema is true or false."),
        ("strict-keyword", _ERROR, "Only keywords that the strict profile supports."),
        ("strict-properties", _ERROR, "Objects name their properties."),
        ("strict-required", _ERROR, "All properties are required."),
        ("strict-additional", _ERROR, "Objects have no other properties than those they name."),
        ("strict-items", _ERROR, "Arrays say what their items are."),
        ("strict-beside-any-of", _ERROR, "Nothing but remarks stands beside anyOf."),
        ("strict-beside-reference", _ERROR, "Nothing stands beside a $ref."),
        ("strict-reference", _ERROR, "References lead to the root or to a definition in $defs."),
        ("strict-value", _ERROR, "Listed values are no objects and arrays."),
        ("strict-format", _ERROR, "Only formats that the strict profile supports."),
        ("strict-pattern", _ERROR, "Patterns do not look ahead or behind."),
        ("strict-nesting", _ERROR, "Objects and arrays are nested at most 10 levels deep."),
        ("strict-size", _ERROR, "There are at most 5,000 properties."),
        ("strict-names", _ERROR, "Names and listed values have at most 120,000 characters."),
        ("strict-values", _ERROR, "At most 1,000 values are listed."),
        ("strict-long-enum", _ERROR, "Long lists of values have at most 15,000 characters."),
    ),
}
"""Every rule by its name."""


@dataclass(frozen=True)
class Settings:
    """What a person wants to be told.

    `severities` are by rule, those that are not as the rule has them. `token_limit` is what answers may take; None
    looks at no size.
    """

    profiles: frozenset[Profile] = _PROFILES
    severities: Mapping[str, Severity] = field(default_factory=dict)
    token_limit: int | None = None

    def severity(self, rule: str) -> Severity:
        """Return how grave the problems of a rule are; off, where its profile is."""
        known = RULES[rule]
        if known.profile not in self.profiles:
            return Severity.OFF
        return self.severities.get(rule, known.severity)

    def asks(self, *rules: str) -> bool:
        """Tell whether the problems of any of some rules are wanted."""
        return any(self.severity(rule) is not Severity.OFF for rule in rules)

    def to_json(self) -> dict[str, Any]:
        """Return the settings as plain JSON."""
        return {
            "profiles": sorted(self.profiles),
            "severities": {rule: severity.value for rule, severity in self.severities.items()},
            "token_limit": self.token_limit,
        }

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> Settings:
        """Restore settings from `to_json`; rules, profiles and severities that this version does not know are left."""
        profiles, severities = set(Profile), set(Severity)
        return cls(
            frozenset(Profile(each) for each in payload.get("profiles", _PROFILES) if each in profiles),
            {
                rule: Severity(each)
                for rule, each in payload.get("severities", {}).items()
                if rule in RULES and each in severities
            },
            payload.get("token_limit"),
        )


USUAL = Settings()
"""What is told unless a person says otherwise."""
