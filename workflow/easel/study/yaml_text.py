"""YAML 1.2 read as plain values, within bounds, and with an error that says what was probably meant.

In YAML, `{preset:dcgan}` is a key without a value, `0,0002` two values, and a no-break space a letter. A few hundred
bytes of aliases can stand for billions of values. All of that is seen here, while the lines are known: the checks of
types see plain values only.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError

from easel.study.characters import checked, code_point, odd_space
from easel.study.wording import with_point

LARGEST = 200_000  # bytes of a file: 2,000 runs, read within seconds
MOST_VALUES = 40_000  # of a file, keys included; the slowest part is to find where each ends
MOST_WRITTEN_OUT = 1_000_000  # characters with every alias written out
DEEPEST = 50  # mappings and lists within each other
TOO_DEEP = f"has more than {DEEPEST} mappings or lists within each other"
LONGEST_NUMBER = 18  # digits: what 64 bits hold
AT_AN_EDGE = re.compile(r"^.|.$|(?<=:).")
"""The characters of an unquoted text that would be next to it if they were spaces."""
TAG = "tag:yaml.org,2002:"
KINDS = {"int": "a number", "float": "a number", "bool": "a boolean", "null": "an empty value", "timestamp": "a date"}
"""What YAML takes an unquoted word for, by its tag."""


class Unusable(Exception):
    """A text that is not usable YAML. line: counted from 1; 0 where the message names the key instead."""

    def __init__(self, problem: str, line: int = 0):
        super().__init__(problem)
        self.line = line


class Counting(Composer):
    """Builds the nodes of a text, and stops where they are too many."""

    count = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node:
        self.count += 1
        if self.count > MOST_VALUES:
            raise Unusable(
                f"has more than {MOST_VALUES:,} keys and values", self.parser.peek_event().start_mark.line + 1
            )
        return super().compose_node(parent, index)


class Place(NamedTuple):
    """A node, and where it is."""

    node: Node
    path: str
    """Its key, such as `runs.a.epochs[1]`."""


def read(data: bytes) -> Any:
    """The plain values of a YAML text, in UTF-8 or with a byte order mark of UTF-16. Raises Unusable."""
    if len(data) > LARGEST:
        raise Unusable(f"is larger than {LARGEST:,} bytes; split it, or shorten its texts")
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise Unusable("is not a text file in UTF-8") from None
    try:
        value = plain_values(text)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Unusable(f"contains {code_point(chr(error.character))}, a control character; remove it", line) from None
    except MarkedYAMLError as error:
        raise explained(error, text) from None
    except ValueError as error:  # of a tag, as in `!!int many`
        raise Unusable(f"not valid YAML: {error}") from None
    try:
        return checked(value)
    except ValueError as error:
        raise Unusable(str(error)) from None


def plain_values(text: str) -> Any:
    """The values of a YAML text, of which nothing is too large, and no name anything but a text."""
    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = DEEPEST
    yaml.Composer = Counting
    node = yaml.compose(text)
    if node is None:
        return None
    check_extent(node)
    for place in places(Place(node, "")):
        check(place)
    return yaml.constructor.construct_document(node)


def explained(error: MarkedYAMLError, text: str) -> Unusable:
    """An error of the parser, with what was probably meant where that is plain."""
    line = error.problem_mark.line + 1 if error.problem_mark else 0
    problem = str(error.problem).splitlines()[0].removeprefix("but ")
    if isinstance(error, DuplicateKeyError) and (key := re.search(r'duplicate key "(.*?)"', problem)):
        return Unusable(f"'{key[1]}' is given twice", line)
    if "maximum depth" in problem:
        return Unusable(TOO_DEEP, line)
    if "'\\t'" in problem:
        return Unusable("not valid YAML: found a tab; YAML is indented with spaces, so put some in its place", line)
    lines = text.splitlines()
    for number in range(max(line - 2, 0), min(line, len(lines))):  # a text may go on in the line after it
        content = lines[number].split("#")[0]
        if space := odd_space(content):
            return Unusable(f"contains {space}; YAML takes plain spaces only, so put one in its place", number + 1)
        if word := re.match(r"\s*(- )*([\w-]+):([^\s:/][^:]*)$", content):
            name, value = word[2], word[3].strip()
            return Unusable(f"'{name}:{value}' needs a space after its colon: '{name}: {value}'", number + 1)
    return Unusable(f"not valid YAML: {problem}", line)


def line_of(node: Node) -> int:
    """The line on which a node begins, counted from 1."""
    return node.start_mark.line + 1


def parts_of(node: Node) -> list[Node]:
    """The nodes directly in a mapping or a list."""
    if isinstance(node, MappingNode):
        return [part for pair in node.value for part in pair]
    return [] if isinstance(node, ScalarNode) else node.value


class Extent(NamedTuple):
    """The size of a node once every alias in it is written out."""

    characters: int
    depth: int
    """Mappings and lists within each other."""


def check_extent(root: Node) -> None:
    """Refuse a document that contains itself, or that is too large once every alias is written out."""
    known: dict[int, Extent | None] = {}  # None: being counted

    def count(node: Node) -> Extent:
        if id(node) in known:
            if (found := known[id(node)]) is None:
                raise Unusable(f"the alias *{node.anchor} stands for a value that contains it", line_of(node))
            return found
        known[id(node)] = None
        parts = [count(part) for part in parts_of(node)]
        own = len(node.value) if isinstance(node, ScalarNode) else 0
        extent = Extent(
            1 + own + sum(part.characters for part in parts), 1 + max((part.depth for part in parts), default=0)
        )
        if extent.characters > MOST_WRITTEN_OUT:
            raise Unusable(
                f"stands for {extent.characters:,} characters with its aliases written out; there may be "
                f"{MOST_WRITTEN_OUT:,}",
                line_of(node),
            )
        if extent.depth > DEEPEST:
            raise Unusable(TOO_DEEP, line_of(node))
        known[id(node)] = extent
        return extent

    count(root)


def places(root: Place) -> Iterator[Place]:
    """A node and every node in it but keys, in the order of the text; what an alias repeats comes once."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        place = waiting.pop()
        if id(place.node) in seen:
            continue
        seen.add(id(place.node))
        yield place
        if isinstance(place.node, MappingNode):
            inner = [Place(value, f"{place.path}.{key.value}".lstrip(".")) for key, value in place.node.value]
        else:
            inner = [Place(part, f"{place.path}[{index}]") for index, part in enumerate(parts_of(place.node))]
        waiting += reversed(inner)


def check(place: Place) -> None:
    """Refuse a value that YAML reads as something that cannot have been meant."""
    node, path = place
    if isinstance(node, MappingNode):
        check_keys(node, path)
    if not isinstance(node, ScalarNode):
        return
    kind = kind_of(node)
    if kind == "timestamp":
        raise Unusable(f"{path}: {node.value} is a date to YAML; put it in quotes: '{node.value}'")
    if kind == "int" and len(node.value) > LONGEST_NUMBER:
        raise Unusable(f"{path}: a number may have at most {LONGEST_NUMBER} digits; found {len(node.value):,}")
    if not node.style and kind == "str" and (space := odd_space("".join(AT_AN_EDGE.findall(node.value)))):
        raise Unusable(f"contains {space}; YAML takes plain spaces only, so put one in its place", line_of(node))


def check_keys(node: MappingNode, path: str) -> None:
    """Refuse a key that is no text, and one that only a missing space or a decimal comma makes a key."""
    before = None
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            raise Unusable("a key should be a name; found a mapping or a list", line_of(key))
        name, kind = key.value, kind_of(key)
        alone = node.flow_style and not isinstance(value.value, list) and value.start_mark.index == key.end_mark.index
        if alone and before is not None and name.isdecimal() and is_number(before):
            number = f"{before.value},{name}"
            raise Unusable(f"{number} is two values to YAML; write {with_point(number)}", line_of(key))
        if space := odd_space(name):
            raise Unusable(f"contains {space}; YAML takes plain spaces only, so put one in its place", line_of(key))
        if alone and (missing := re.fullmatch(r"([\w.-]+):(\S.*)", name)):
            raise Unusable(f"'{name}' needs a space after its colon: '{missing[1]}: {missing[2]}'", line_of(key))
        if kind in KINDS:
            where = f"{path}: " if path else ""
            written = f"the name {name}" if name else "an empty name"
            raise Unusable(f"{where}{written} is {KINDS[kind]} to YAML; put it in quotes: '{name}'")
        before = value


def is_number(node: Node) -> bool:
    """True for a value that YAML reads as a number."""
    return kind_of(node) in ("int", "float")


def kind_of(node: Node) -> str:
    """The type that YAML reads a node as: `str`, `int` and so on."""
    return str(node.tag).removeprefix(TAG)
