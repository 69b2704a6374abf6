"""Directives in a block where nginx does not allow them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parity.programs.nginx.repair.braces import missing_close, surplus_within
from parity.programs.nginx.repair.lines import indent, line_end, line_start, moved, newline, unit, whole_lines
from parity.programs.nginx.repair.opening import lost_opening
from parity.programs.nginx.repair.outline_source import OutlineNode, Site, Source, every, quoted_lines
from parity.programs.nginx.repair.outside import outside
from parity.programs.nginx.repair.plan import Edit, Proposal, Refused
from parity.programs.nginx.repair.wrap import bare_handler, lost_location
from parity.programs.nginx.syntax.problem import Problem

_MAIN_ONLY: Final = frozenset({"events", "http", "user", "worker_processes", "pid"})


def misplaced(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Put the directive back where it belongs: restore a lost brace or block, or move it."""
    file, name = problem.file or "", problem.directive or ""
    node = source.on_line(file, problem.line or 0, name)
    sites = source.sites.get(file, [])
    if node is None or not sites:
        raise Refused(f'"{name}" is not allowed in this block, and the line is not in the collected files.')
    yield from missing_close(source, file)
    yield from surplus_within(source, file)
    contexts = {source.context(node, site) for site in sites}
    if len(contexts) > 1:
        raise Refused(
            f'{file} is included in several kinds of blocks ({", ".join(sorted(contexts))}), and "{name}" is not'
            " allowed in all of them: include it only where it is allowed, or split it."
        )
    context = contexts.pop()
    legal = source.table.get(name, {})
    yield from lost_opening(source, node, context)
    yield from outside(source, node, context)
    if "http" in legal and context.startswith("http/") and not any(one.startswith("http/") for one in legal):
        yield from _hoisted(source, node, sites)
        return
    if context == "http/server/if" and node.parent is not None and node.parent.parent is None:
        yield from lost_location(source, problem)
    if context == "http/server/if" and source.legal(name, "http/location/if"):
        yield from _if_into_location(source, node, sites[0])
        return
    if context == "http/server" and source.legal(name, "http/location"):
        if node.parent is None:
            yield from lost_location(source, problem)
        elif name.endswith("_pass"):
            yield from bare_handler(source, problem)
    raise Refused(_reason(source, node, context))


def _reason(source: Source, node: OutlineNode, context: str) -> str:
    place = f"{node.file}:{node.line}"
    legal = sorted(source.table.get(node.name, {}))
    where = ", ".join(legal) or "no block of this nginx"
    if node.name in _MAIN_ONLY and context != "main":
        return (
            f'"{node.name}" ({place}) belongs at the top of the main file, but {node.file} is included in {context}:'
            f" it looks like a complete nginx.conf. Mount it at {source.main}, or keep only its server blocks."
        )
    stray, unclosed = source.outline(node.file).stray, source.outline(node.file).unclosed
    if unclosed:
        open_ = ", ".join(f'"{one.name}" of line {source.line(node.file, one.start)}' for one in unclosed)
        return (
            f'"{node.name}" ({place}) is in {context.rpartition("/")[2]}{{}} because a "}}" is missing before it:'
            f" {node.file} ends with {open_} still open, and the indentation does not show where the brace belongs."
        )
    if stray and context == "http":
        return (
            f'"{node.name}" ({place}) is outside of any server because {node.file} has one "}}" too'
            f' many: remove the extra "}}" before it, or restore the line that opened its block.'
        )
    if node.name == "location" and context == "http":
        return (
            f'"location" ({place}) is outside of any server: {node.file} is included in http. Include it in the server'
            " that it belongs to."
        )
    if node.name == "listen":
        return (
            f'"listen" ({place}) belongs in the server block: move it there with the ports that the server should have.'
        )
    if context.endswith("/if"):
        return f'"{node.name}" ({place}) is not allowed in an "if": set its value with a map of the same condition.'
    return (
        f'"{node.name}" ({place}) is not allowed in {context}, only in {where}: move it there, or restore the lost'
        " block around it."
    )


def late_format(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Move a log format before its first use."""
    name = (problem.argument or "").encode()
    nodes = [node for file in source.sites for node in source.outline(file).every() if node.name == "log_format"]
    found = [node for node in nodes if node.args[:1] == [name]]
    used = source.on_line(problem.file or "", problem.line or 0, "access_log")
    if used is None or len(found) != 1 or len(source.sites[used.file]) != 1:
        return
    file = found[0].file
    if used.file != file:  # the file of the format includes the one that uses it
        includes = [node for node in source.outline(file).every() if node.name == "include"]
        used = next((node for node in includes if used and used.file in source.included(node)), None)
    if used is not None:
        yield from _hoisted(source, found[0], source.sites[file], used)


def late_hash_size(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Move the hash size of maps before the first map."""
    node = source.on_line(problem.file or "", problem.line or 0, problem.directive)
    found = [(file, one) for file in source.sites for one in source.outline(file).every()]
    if node is None or sum(one.name == node.name for _, one in found) != 1:
        return
    first = next((one for _, one in found if one.name == "map"), None)
    if first is not None and first.file == node.file and len(source.sites[node.file]) == 1:
        yield from _hoisted(source, node, source.sites[node.file], first)


def _hoisted(
    source: Source, node: OutlineNode, sites: list[Site], used: OutlineNode | None = None
) -> Iterator[Proposal]:
    """Move a directive that only http{} takes before the block in http{} that it, or its use, stands in."""
    if len({id(site.block) for site in sites}) > 1:
        raise Refused(f'"{node.name}" belongs in http, but {node.file} is included several times: move it out by hand.')
    target: OutlineNode | None = used or node
    site: Site | None = source.sites[used.file][0] if used is not None else sites[0]
    while target is not None and site is not None and source.context(target, site) != "http":
        if target.parent is None:
            target, site = site.block, site.above
        else:
            target = target.parent
    outlines = [source.outline(one.file) for one in (node, target) if one is not None]
    if any(one.stray or one.unclosed for one in outlines):
        raise Refused(_reason(source, node, source.context(node, sites[0])))
    if target is None or site is None or target is node:
        raise Refused(f'"{node.name}" belongs in http{{}}, and {node.file}:{node.line} is not within it.')
    data, into = source.files[node.file], source.files[target.file]
    stop = line_end(data, node.stop)
    if not data[node.stop : stop].lstrip(b" \t").startswith(b"#"):
        stop = node.stop
    start, end = whole_lines(data, node.start, stop)
    at = line_start(into, target.start)
    old, new = indent(data, node.start), indent(into, target.start)
    break_ = newline(into)
    text = moved(data, node.start, stop, old, new, quoted_lines(data, every([node]))).lstrip(b" \t")
    if newline(data) != break_:
        text = text.replace(b"\r\n", b"\n").replace(b"\n", break_)
    edits = (Edit(node.file, start, end, b""), Edit(target.file, at, at, new + text + break_))
    why = f'"{node.name}" is only allowed in http'
    if used is not None:
        yield Proposal(edits, f'moved "{node.name}" before "{target.name}"', "nginx reads them in order", True)
        return
    yield Proposal(edits, f'moved "{node.name}" before the {target.name} block, into http', why)


def _if_into_location(source: Source, node: OutlineNode, site: Site) -> Iterator[Proposal]:
    """Move an `if` of a server into its only location, which has to be `/`: what it does there is the same."""
    block = node.parent
    if block is None or block.parent is None:
        raise Refused(_reason(source, node, source.context(node, site)))
    siblings = list(source.children(block.parent))
    locations = [one for one in siblings if one.name == "location"]
    only = locations[0] if len(locations) == 1 and locations[0].args == [b"/"] else None
    illegal = [one.name for one in block.children if not source.legal(one.name, "http/location/if")]
    if only is None or illegal or only.parent is not block.parent or only.file != block.file or not only.children:
        raise Refused(
            f'"{node.name}" ({node.file}:{node.line}) is allowed in an "if" of a location, but not of a server. The'
            ' server has more locations than /, so moving the "if" would change which requests it covers.'
        )
    rewrites = {"rewrite", "set", "return", "break", "if"}
    if any(one.name in rewrites for one in siblings if one is not block and one.start > block.start):
        raise Refused(f'"{node.name}" is in an "if" before other rewrite directives of the server: move them by hand.')
    data = source.files[block.file]
    start, end = whole_lines(data, block.start, block.stop)
    at = line_start(data, only.children[0].start)
    first = line_start(data, block.start)
    if not data[first:end].endswith(b"\n") or at < only.end:
        raise Refused(f'"{node.name}" is in an "if" on a line with other directives: put it on a separate line.')
    blanks = indent(data, block.start)
    deeper = indent(data, only.children[0].start) or blanks + unit(data)
    text = moved(data, first, end, blanks, deeper, quoted_lines(data, every([block])))
    edits = (Edit(block.file, start, end, b""), Edit(block.file, at, at, text))
    why = f'"{node.name}" is only allowed in an "if" of a location, and the server has only the location /'
    yield Proposal(edits, 'moved the "if" into "location /"', why, verify=True)
