"""Which function repairs which class of fault, and why the other classes are not repaired."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from typing import Final

from parity.programs.nginx.repair import (
    addresses,
    certificates,
    conditions,
    encoding,
    entries,
    headers,
    joined_words,
    listens,
    locations,
    misplaced,
    missing_semicolon,
    opening,
    parameters,
    sections,
    statements,
    surroundings,
    twins,
    values,
)
from parity.programs.nginx.repair.outline_source import Source
from parity.programs.nginx.repair.plan import Proposal, Refused
from parity.programs.nginx.repair.refusals import REFUSALS
from parity.programs.nginx.syntax.problem import Problem

Repair = Callable[[Source, Problem], Iterator[Proposal]]

# By the rule, which is the cause; where it has no entry, by the words of the message.
REPAIRS: Final[dict[str, tuple[Repair, ...]]] = {
    "unknown_directive_encoding": (encoding.foreign_bytes,),
    "unquoted_value": (encoding.curly_quotes, headers.header_value),
    "invalid_parameter": (
        joined_words.joined,
        encoding.curly_quotes,
        headers.header_value,
        parameters.misspelt_parameter,
        values.unit_or_flag,
    ),
    "invalid_arguments": (
        statements.swallowed_next,
        joined_words.joined,
        entries.entry,
        encoding.curly_quotes,
        headers.header_value,
        values.equals_sign,
        values.split_amount,
        headers.unquoted_text,
    ),
    "unquoted_regex": (statements.unquoted_regex,),
    "bad_regex": (statements.unquoted_regex, conditions.unclosed_condition),
    "missing_semicolon": (
        entries.entry,
        joined_words.joined,
        headers.unquoted_object,
        statements.missing_semicolon,
    ),
    "no_opening_brace": (opening.lost_brace,),
    "value_ended_early": (statements.ended_early,),
    "directive_too_late": (misplaced.late_hash_size,),
    "unexpected_eof": (statements.unexpected_end,),
    "unexpected_brace": (statements.unexpected_brace,),
    "unexpected_char": (statements.unexpected_char,),
    "unclosed_quote": (statements.unclosed_quote,),
    "bad_condition": (conditions.comparison,),
    "misplaced_directive": (misplaced.misplaced,),
    "unknown_directive": (headers.header_value, statements.foreign_comment, sections.misspelt),
    "unknown_directive_version": (listens.http2_directive,),
    "deprecated_directive": (listens.deprecated,),
    "invalid_value": (
        statements.swallowed_next,
        joined_words.joined,
        entries.entry,
        parameters.misspelt_parameter,
        values.unit_or_flag,
    ),
    "invalid_url_prefix": (values.url_scheme,),
    "suspicious_server_name": (statements.swallowed_name,),
    "cidr_low_bits": (values.network,),
    "location_modifier": (values.modifier,),
    "location_nesting": (locations.nesting,),
    "proxy_pass_uri": (values.uri_part,),
    "upstream_port_conflict": (values.upstream_port,),
    "no_port_in_upstream": (values.no_port,),
    "duplicate_location": (locations.duplicate,),
    "duplicate_upstream": (locations.duplicate,),
    "duplicate_listen": (listens.same_server,),
    "duplicate_listen_options": (listens.options,),
    "duplicate_mime_type": (entries.repeated_entry,),
    "duplicate_name": (entries.same_key,),
    "balancing_order": (sections.balancing,),
    "missing_section": (sections.events,),
    "unknown_variable": (missing_semicolon.lost_to_a_value, conditions.glued_condition, sections.connection_upgrade),
    "unknown_log_format": (statements.swallowed_next, joined_words.joined, misplaced.late_format),
    "invalid_listen": (statements.swallowed_next, joined_words.joined),
    "invalid_address": (statements.swallowed_next, addresses.foreign_scheme),
    "unsupported_parameter": (statements.swallowed_next, joined_words.joined),
    "unknown_zone": (missing_semicolon.lost_to_a_value,),
    "no_ssl_certificate": (missing_semicolon.lost_to_a_value,),
    "empty_upstream": (missing_semicolon.lost_to_a_value,),
    "hash_bucket_size": (sections.hash_size,),
    "host_not_found_resolver": (statements.swallowed_next, surroundings.resolver),
    "temp_path_permission": (surroundings.temporary_paths,),
    "user_ignored": (surroundings.user_line,),
    "unknown_user": (surroundings.other_user,),
    "module_load": (surroundings.loaded_twice,),
    "ssl_stapling": (surroundings.stapling,),
    "protocol_options": (listens.protocols,),
    "duplicate_directive": (locations.duplicate,),
    "duplicate_log_format": (locations.duplicate,),
    "certificate_key_mismatch": (certificates.key_mismatch,),
}


def proposals(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Yield the ways to repair a fault, the best first. Raises Refused where there is none, with the reason."""
    try:
        yield from _proved_by_the_files(source, problem)
    except Refused:
        yield from twins.of_twin(source, problem)
        raise


def _proved_by_the_files(source: Source, problem: Problem) -> Iterator[Proposal]:
    key = next((key for key in (problem.rule, problem.message_class) if key in REPAIRS or key in REFUSALS), "")
    if problem.rule in ("foreign_content", "command_line", "include_recursion"):
        key = ""
    if key and problem.rule != "unknown_directive_encoding":
        yield from encoding.odd_blanks(source, problem)
    for repair in REPAIRS.get(key, ()):
        yield from repair(source, problem)
    if key in REFUSALS and (refused := REFUSALS[key](source, problem)) is not None:
        raise refused
    place = f" ({problem.file}:{problem.line})" if problem.file and problem.line else ""
    named = problem.argument or ""
    lines = surroundings.LINES.get(problem.rule, "").replace("{argument}", named)
    lines = lines.replace("{folder}", posixpath.dirname(named))
    raise Refused(f"{problem.cause}{place} {problem.action}".strip() or f"nginx reports: {problem.message}", lines)
