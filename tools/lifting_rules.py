#!/usr/bin/env python3
"""Makes docs/lifting-rules.md from tests/golden/lifting-rules.toml, the table that the tests hold the code against.

    tools/lifting_rules.py            write the page
    tools/lifting_rules.py --check    say where page and table differ; exit code 1 if they do
"""
import difflib
import pathlib
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[1]
TABLE = ROOT / "tests" / "golden" / "lifting-rules.toml"
PAGE = ROOT / "docs" / "lifting-rules.md"

HEAD = """# Lifting rules

<!-- Made by tools/lifting_rules.py from tests/golden/lifting-rules.toml. Change the table, not this page. -->

A predicate on a column is lifted to one on the partitions of a transform of that column. The
**inclusive** rule is true of every partition that may hold a matching row: it decides which
manifests and files are read. The **strict** rule is true only of partitions in which every row
matches: there, no row is checked. `p` is the partition's value, `v` the literal, `t(v)` its
transform, `v-1` and `v+1` its neighbours in the column's type; before the least and past the
greatest value there are none: an inclusive rule is then false, a strict one `p is not null`.

| verdict | means |
|---|---|
| tight | exactly the partitions in which some row (strict: every row) can match |
| conservative | right, but some partition is read (strict: its rows are checked) without need; the loss is named below |
| none | nothing is said of values; the reason is named below |

How rules combine: NOT is pushed down first (De Morgan). An AND is lifted member by member, an OR
too; an AND that leaves no value of a column (`x >= 5 AND x <= 4`) excludes everything. Where
several fields have one source, the inclusive rule needs all of them, the strict one any. A
predicate is lifted once for every partition spec of the table.

Nulls: a comparison with null is null, and such a row is not kept. The partition of nulls is
therefore excluded by every rule but `is_null`, also by `p is not null`, which says nothing of
values. NaN is greater than every number, and only identity takes floating-point columns.

Against Iceberg's own projections: the same for ranges of numbers and times (`x < v` becomes `p <=
t(v-1)`); tighter for `!=`, NOT IN and what a bucket cannot say (the partition of nulls is left
out), for text no longer than the width, for partitions of one value, and for lists that fill a
partition. The tests take every row of these tables through small domains with nulls, NaN, negative
numbers, both zeros, the ends of the type, and the first and last value of units before and after
1970; `tight` is tested as strictly as right is.
"""


def cell(text):
    return text.replace("|", "\\|")


def side(rule, which, notes):
    verdict = rule[which + "_verdict"]
    key = rule.get(which + "_loss") or rule.get(which + "_why")
    if key is None:
        return verdict
    if key not in notes:
        notes.append(key)
    return f"{verdict} ({notes.index(key) + 1})"


def tables(table):
    """The rules of one list of transforms and one class of columns together; additions of a class to the one before it follow it."""
    sections = []
    for rule in table["rule"]:
        key = tuple(rule["transforms"])
        if not sections or sections[-1][0] != key or starts_anew(sections[-1][1], rule):
            sections.append((key, []))
        sections[-1][1].append(rule)
    return sections


def starts_anew(rules, rule):
    return any(each["op"] == rule["op"] for each in rules)


def page(table):
    types = {source["name"]: source["types"] for source in table["source"]}
    out = [HEAD]
    notes = []
    for transforms, rules in tables(table):
        first = rules[0]["source"]
        out.append(f"\n## {', '.join(transforms)} ({first})\n")
        out.append("| operator | inclusive | | strict | |")
        out.append("|---|---|---|---|---|")
        for rule in rules:
            op = rule["op"] if rule["source"] == first else f"{rule['op']} ({rule['source']})"
            out.append(
                f"| {op} | {cell(rule['inclusive'])} | {side(rule, 'inclusive', notes)} "
                f"| {cell(rule['strict'])} | {side(rule, 'strict', notes)} |"
            )
    out.append("\n## Losses and reasons\n")
    for number, key in enumerate(notes, 1):
        out.append(f"{number}. {table['loss'].get(key, key)}")
    out.append("\n## Columns\n")
    out.append("| class | types |")
    out.append("|---|---|")
    for name, members in types.items():
        out.append(f"| {name} | {', '.join(members)} |")
    return "\n".join(out) + "\n"


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    made = page(tomllib.loads(TABLE.read_text(encoding="utf-8")))
    if not arguments:
        PAGE.write_text(made, encoding="utf-8")
        return 0
    found = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    if found == made:
        return 0
    names = (str(PAGE.relative_to(ROOT)), "made from " + str(TABLE.relative_to(ROOT)))
    sys.stderr.writelines(
        difflib.unified_diff(found.splitlines(True), made.splitlines(True), *names, n=0)
    )
    print("lifting_rules: run tools/lifting_rules.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
