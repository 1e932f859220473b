"""What needs nbgrader: reads orders from standard input, a line of JSON each, and answers on standard output."""

import csv
import json
import math
import os
import shutil
import sys
import traceback
from datetime import datetime, timezone

# What libraries print must not come between the answers.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import logging  # noqa: E402

from nbgrader.api import Gradebook, MissingEntry  # noqa: E402
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback  # noqa: E402
from nbgrader.coursedir import CourseDirectory  # noqa: E402
from nbgrader.utils import parse_utc  # noqa: E402
from traitlets.config import Application, PyFileConfigLoader  # noqa: E402

course = os.environ["FLAT_MINIMA_COURSE"]
draft = os.path.join(course, ".draft")


class Grader(Application):
    """For its log, into which nbgrader writes what it does."""

    name = "homework"


def load():
    here = os.path.join(os.environ["FLAT_MINIMA_REPOSITORY"], "homework", "nbgrader_config.py")
    config = PyFileConfigLoader(here).load_config()
    own = os.path.join(course, "nbgrader_config.py")
    if os.path.exists(own) and not os.path.samefile(own, here):
        config.merge(PyFileConfigLoader(own).load_config())
    return config


def convert(kind, assignment, student, **settings):
    """Runs a converter of nbgrader and gives the last lines of its log where it fails."""
    lines = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    app = Grader(config=config)
    app.log.handlers = [handler]
    app.log.propagate = False
    app.log.setLevel(logging.WARNING)
    coursedir = CourseDirectory(config=config, parent=app)
    coursedir.assignment_id, coursedir.student_id = assignment, student
    for name, value in settings.items():
        setattr(coursedir, name, value)
    converter = kind(coursedir=coursedir, parent=app, config=config)
    converter.force = True
    try:
        converter.start()
    except SystemExit as error:
        raise RuntimeError("\n".join(lines)) from error
    except Exception as error:
        raise RuntimeError("\n".join([*lines, str(error)])) from error
    return lines


def gradebook():
    return Gradebook(config.CourseDirectory.db_url, "flat-minima")


def put(made, target):
    """Moves a finished folder to its place; a reader sees the old one or the new one."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    aside = f"{target}.old-{os.getpid()}"
    if os.path.exists(target):
        os.rename(target, aside)
    os.rename(made, target)
    shutil.rmtree(aside, ignore_errors=True)


def assign(assignment, release, due=None):
    """The gradebook learns the assignment; its release is made, and kept only when that was asked for."""
    folder = os.path.join(".draft", f"release-{os.getpid()}")
    try:
        convert(GenerateAssignment, assignment, ".", release_directory=folder)
        made = os.path.join(course, folder, assignment)
        with open(os.path.join(made, f"{assignment}.ipynb")) as file:
            text = file.read()
        leaks = [word for word in ["BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS"] if word in text]
        if leaks:
            raise RuntimeError(f"the release would show what it must not: {', '.join(leaks)}")
        if due is not None:
            with gradebook() as gb:
                gb.update_or_create_assignment(assignment, duedate=parse_utc(due))
        if release:
            put(made, os.path.join(course, "release", assignment))
    finally:
        shutil.rmtree(os.path.join(course, folder), ignore_errors=True)
    return {}


def marks_of(assignment, student):
    with gradebook() as gb:
        submission = gb.find_submission(assignment, student)
        cells = {
            grade.cell.name: {
                "score": grade.score,
                "points": grade.max_score,
                "manual": grade.manual_score is not None,
                "waits": bool(grade.needs_manual_grade),
            }
            for notebook in submission.notebooks
            for grade in notebook.grades
        }
        return {"score": submission.score, "points": submission.max_score, "cells": cells}


def grade(assignment, student, same):
    log = convert(Autograde, assignment, student)
    # nbgrader keeps marks given by hand, and asks to look at them again: needless when the submission is the same.
    if same:
        with gradebook() as gb:
            for notebook in gb.find_submission(assignment, student).notebooks:
                for entry in notebook.grades:
                    if entry.manual_score is not None:
                        entry.needs_manual_grade = False
            gb.db.commit()
    return {**marks_of(assignment, student), "log": log}


def feedback(assignment, student):
    folder = os.path.join(".draft", f"feedback-{os.getpid()}")
    try:
        convert(GenerateFeedback, assignment, student, feedback_directory=folder)
        made = os.path.join(course, folder, student, assignment)
        for name in os.listdir(made):
            if name != f"{assignment}.html":
                path = os.path.join(made, name)
                shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
        put(made, os.path.join(course, "feedback", student, assignment))
    finally:
        shutil.rmtree(os.path.join(course, folder), ignore_errors=True)
    return {"file": os.path.join("feedback", student, assignment, f"{assignment}.html")}


def roster(file):
    columns = ["id", "first_name", "last_name", "email"]
    with open(file, newline="", encoding="utf-8-sig") as handle:
        reader = csv.DictReader(handle)
        if not reader.fieldnames or "id" not in reader.fieldnames:
            raise RuntimeError(f"{file}: a first line with the names of the columns, of which one is id, got {reader.fieldnames}")
        rows = [{name: (row.get(name) or "").strip() or None for name in columns} for row in reader]
    seen = set()
    for line, row in enumerate(rows, start=2):
        name = row["id"]
        if name is None or not name.replace("-", "").replace(".", "").replace("_", "").replace("@", "").isalnum():
            raise RuntimeError(f"{file}, line {line}: an id of letters, digits and . _ - @, got {name}")
        if name in seen:
            raise RuntimeError(f"{file}, line {line}: {name} is there twice")
        seen.add(name)
    with gradebook() as gb:
        before = {student.id for student in gb.students}
        for row in rows:
            gb.update_or_create_student(row.pop("id"), **row)
        return {"added": len(seen - before), "updated": len(seen & before)}


def students():
    with gradebook() as gb:
        return {"students": sorted(student.id for student in gb.students)}


def marks(assignments, handed_in):
    rows = []
    with gradebook() as gb:
        for assignment in assignments:
            try:
                entry = gb.find_assignment(assignment)
            except MissingEntry:
                continue
            by_student = {submission.student.id: submission for submission in entry.submissions}
            for student in sorted({student.id for student in gb.students} | set(handed_in)):
                submission = by_student.get(student)
                row = {"student": student, "assignment": assignment, "points": entry.max_score}
                row["due"] = entry.duedate and entry.duedate.isoformat() + "Z"
                if submission is not None:
                    late = submission.total_seconds_late
                    row["submitted"] = submission.timestamp and submission.timestamp.isoformat() + "Z"
                    row["score"] = submission.score
                    row["late_days"] = math.ceil(late / 86400)
                    row["to_mark_by_hand"] = bool(submission.needs_manual_grade)
                rows.append(row)
    return {"rows": rows}


config = load()
orders = {
    "assign": assign, "grade": grade, "feedback": feedback, "roster": roster, "students": students, "marks": marks,
    "marks_of": marks_of,
}
os.makedirs(course, exist_ok=True)
for line in sys.stdin:
    order = json.loads(line)
    try:
        answer = {"ok": True, **orders[order.pop("order")](**order)}
    except Exception as error:
        traceback.print_exc()
        answer = {"ok": False, "error": str(error) or type(error).__name__}
    answers.write(json.dumps(answer) + "\n")
    answers.flush()
