"""``afk doctor``: says of everything that afk needs whether it is as it should be."""

import argparse
from collections.abc import Mapping
from dataclasses import replace

from afk.doctor.facts import Facts
from afk.doctor.finding import State
from afk.doctor.forge import missing_labels
from afk.doctor.patient import ForgePorts, Patient
from afk.doctor.reading import read_facts
from afk.doctor.rendering import as_json, lines, outcome
from afk.doctor.table import findings
from afk.errors import AfkError, one_of_many


def run(
    options: argparse.Namespace, patient: Patient, environ: Mapping[str, str]
) -> dict[str, object]:
    """Look at everything once; with ``--fix`` create the labels that are missing.

    ``--brief``: what is well is only counted.
    """
    del environ
    facts = read_facts(patient, ring=options.ring)
    if options.fix:
        facts = mended(patient, facts)
    found = findings(facts)
    patient.report.event(outcome(found))
    shown = [one for one in found if one.state is not State.GOOD] if options.brief else found
    for line in lines(shown):
        if isinstance(line, AfkError):
            patient.report.error(line)
        else:
            patient.report.event(line)
    return {"checks": as_json(found)}


def mended(patient: Patient, facts: Facts) -> Facts:
    """Create missing labels, each told; returns the facts as they are then."""
    forge = patient.forge
    if not isinstance(forge, ForgePorts):
        return facts
    looked = dict(facts.forge.repositories)
    for name, labels in missing_labels(facts).items():
        with one_of_many(patient.report) as attempt:
            forge.tracker.ensure_labels(name, labels)
        if attempt.done:
            patient.report.event(f"created in {name}: the labels {', '.join(labels)}")
            there = forge.installation.labels(name)
            looked[name] = replace(looked[name], labels=there)
    return replace(facts, forge=replace(facts.forge, repositories=looked))
