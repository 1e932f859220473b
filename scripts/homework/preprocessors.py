"""What nbgrader does with a notebook, where ours must be stricter: it is the work of somebody who wants marks."""

import json
import os
import re
import secrets
import time

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import from_dict, read
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import Integer, Unicode

BEGIN_HIDDEN, END_HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"


def failure(name, message):
    return new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"])


def without_hidden(source):
    """A test cell as its students know it."""
    lines, hidden = [], False
    for line in source.split("\n"):
        if BEGIN_HIDDEN in line:
            hidden = True
        elif END_HIDDEN in line:
            hidden = False
        elif not hidden:
            lines.append(line)
    return "\n".join(lines)


class RestoreCells(NbGraderPreprocessor):
    """Of a submission only the sources count: the authored cells get their metadata back, and their source where a
    student has nothing to write; missing ones come back at their place; of several with one name the last counts."""

    course = Unicode(help="the course's folder").tag(config=True)

    def preprocess(self, nb, resources):
        name = resources["nbgrader"]["assignment"]
        path = os.path.join(self.course, "source", name, f"{resources['nbgrader']['notebook']}.ipynb")
        authored = read(path, as_version=4)
        roles = {cell.metadata.nbgrader.grade_id: cell for cell in authored.cells if "nbgrader" in cell.metadata}

        last = {}
        for index, cell in enumerate(nb.cells):
            own = cell.get("metadata", {}).get("nbgrader", {})
            grade_id = own.get("grade_id") if isinstance(own, dict) else None
            # JupyterLab keeps the ids of cells, also where somebody cleared the metadata.
            grade_id = grade_id if grade_id in roles else cell.get("id")
            if grade_id in roles:
                last[grade_id] = index
        names = {index: grade_id for grade_id, index in last.items()}

        cells = []
        for index, cell in enumerate(nb.cells):
            make = new_markdown_cell if cell.cell_type == "markdown" else new_code_cell
            if index not in names:
                # No metadata: a tag can make a cell be skipped, or its error be expected.
                if cell.cell_type in ("markdown", "code"):
                    cells.append(make(source=str(cell.source)))
                continue
            model = roles[names[index]]
            make = new_markdown_cell if model.cell_type == "markdown" else new_code_cell
            source = str(cell.source) if is_solution(model) else model.source
            cells.append(make(source=source, metadata=from_dict(model.metadata)))

        place = 0
        for grade_id, model in roles.items():
            found = [k for k, cell in enumerate(cells) if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id]
            if found:
                place = found[0] + 1
                continue
            self.log.warning("cell %s was missing: put back", grade_id)
            make = new_markdown_cell if model.cell_type == "markdown" else new_code_cell
            comment = "" if model.cell_type == "markdown" else "// This cell was missing from the submission.\n"
            source = comment if is_solution(model) else model.source
            cells.insert(place, make(source=source, metadata=from_dict(model.metadata)))
            place += 1
        nb.cells = cells
        nb.metadata = from_dict(authored.metadata)
        nb.nbformat, nb.nbformat_minor = 4, 5
        return nb, resources


# Names that tests use as they are: a cell that declares them for itself declares them for the tests, too.
GLOBALS = ["Math", "Number", "Object", "Array", "JSON", "Float64Array", "crypto", "Map", "Set", "String", "Error"]


class ExecuteSubmission(Execute):
    """Runs the cells, and believes in a test only what cannot be said without having run it to its end."""

    total_time = Integer(120, help="seconds for all cells of one submission").tag(config=True)
    output_limit = Integer(1 << 20, help="characters that one cell may print").tag(config=True)

    def create_kernel_manager(self):
        # nbclient forgets it at the end; its folder is to be thrown away then.
        self.manager = super().create_kernel_manager()
        return self.manager

    def preprocess(self, nb, resources, km=None):
        self.manager = None
        self.ended = None
        self.deadline = time.monotonic() + self.total_time
        self.cell_time = self.timeout
        self.taken = set()
        self.timed_out = False
        try:
            return super().preprocess(nb, resources, km)
        finally:
            if self.manager is not None:
                self.manager.discard()

    def process_message(self, msg, cell, cell_index):
        if msg["msg_type"] in ("stream", "display_data", "update_display_data", "execute_result", "error"):
            self.printed += len(json.dumps(msg["content"], default=str))
            if self.printed > self.output_limit:
                if self.ended is None:
                    self.ended = f"it printed more than {self.output_limit} characters"
                    self.manager.kill_now()
                return None
        return super().process_message(msg, cell, cell_index)

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type != "code":
            return cell, resources
        test = is_grade(cell)
        if self.ended is not None:
            cell.outputs = [failure("NotRun", f"the submission was stopped before: {self.ended}")] if test else []
            return cell, resources
        self.printed = 0
        authored = cell.source
        token = secrets.token_hex(16)
        partial = cell.metadata.get("flat_minima", {}).get("partial", False)
        if test:
            cell.source = self.with_token(authored, token, partial)
        else:
            self.notice(authored)
        self.timeout = max(1, min(self.cell_time, int(self.deadline - time.monotonic())))
        start = time.monotonic()
        try:
            super().preprocess_cell(cell, resources, index)
        except DeadKernelError:
            self.ended = self.ended or (
                "its files grew too large" if self.manager.too_large else "its process died (out of memory, or by its own hand)"
            )
        except CellTimeoutError:
            self.ended = "its outputs never came to an end"
        except Exception as error:  # what the kernel sent was no message
            self.ended = f"the kernel sent something strange ({type(error).__name__})"
            self.manager.kill_now()
        finally:
            cell.source = authored
        if self.ended is not None:
            cell.outputs = [*cell.outputs[:50], failure("Stopped", f"the submission was stopped here: {self.ended}")]
        elif time.monotonic() - start >= self.timeout:
            # A second one that does not end either was not interruptible: no third chance.
            if self.timed_out or time.monotonic() >= self.deadline:
                self.ended = "it took too long"
                self.manager.kill_now()
            self.timed_out = True
            for output in cell.outputs:
                if output.output_type == "error" and output.ename == "CellTimeoutError":
                    output.evalue = f"the cell did not end within {self.timeout} s"
                    output.traceback = [f"CellTimeoutError: {output.evalue}"]
        if test:
            cell.outputs = self.judged(cell, token, partial)
        return cell, resources

    def notice(self, source):
        for name in GLOBALS:
            if re.search(rf"\b(?:const|let|var|function|class|enum|namespace|import|as)\b[^;=(]*\b{name}\b", source):
                self.taken.add(name)

    def with_token(self, source, token, partial):
        """The same lines; the last value says that they were run to their end."""
        declared = "".join(f"const {name} = globalThis.{name}; " for name in sorted(self.taken))
        if partial:
            *lines, last = source.rstrip().split("\n")
            return declared + "\n".join([*lines, f"`{token} ${{{last.rstrip(';')}}}`"])
        return f'{declared}{source}\n;"{token}"'

    def judged(self, cell, token, partial):
        """The outputs of a test as the marks are read off them: an error, or one number, or nothing (full marks)."""
        errors = [output for output in cell.outputs if output.output_type == "error"]
        for error in errors:
            error.evalue = error.evalue[:2000]
        if errors:
            return errors[:1]
        results = [output for output in cell.outputs if output.output_type == "execute_result"]
        text = str(results[0].data.get("text/plain", "")).strip("'\"`") if len(results) == 1 else ""
        given, _, value = text.partition(" ")
        if not secrets.compare_digest(given.encode(), token.encode()):
            return [failure("NotFinished", "the test did not run to its end, or its result was not its own")]
        if not partial:
            return []
        points = float(cell.metadata.nbgrader.points)
        if not re.fullmatch(r"\d+(\.\d+)?", value) or float(value) > points:
            return [failure("NoMarks", f"the test gave no marks from 0 to {points:g}, but {value[:50]}")]
        return [new_output("execute_result", data={"text/plain": value}, execution_count=cell.execution_count)]


class HideTests(NbGraderPreprocessor):
    """For the feedback: the hidden tests go, in the cells and in what the errors quote of them."""

    def preprocess(self, nb, resources):
        hiding = {cell.get("execution_count") for cell in nb.cells if BEGIN_HIDDEN in cell.source} - {None}
        for cell in nb.cells:
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    output.traceback = self.without_quotes(output.traceback, hiding)
            cell.source = without_hidden(cell.source) if is_grade(cell) and not is_solution(cell) else cell.source
        return nb, resources

    def without_quotes(self, traceback, hiding):
        """A block that quotes lines of a cell comes after the one that names the cell."""
        kept, drop = [], False
        for block in traceback:
            quote = re.match(r"(?:→| ) +\d+ \| ", block) is not None
            named = re.match(r"(?:\s+at |TypeScriptError: )cell (\d+),", block)
            if named:
                drop = int(named.group(1)) in hiding
                if drop and not block.startswith("TypeScriptError"):
                    continue
            elif quote and drop:
                continue
            kept.append(block[:2000])
        return kept
