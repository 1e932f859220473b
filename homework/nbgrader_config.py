# nbgrader's settings for this course. The commands of ./README.md and plain `nbgrader` in this folder both read them.
import os
import sys

course = os.environ.get("FLAT_MINIMA_COURSE") or os.path.dirname(os.path.abspath(__file__))
repository = os.environ.get("FLAT_MINIMA_REPOSITORY") or os.path.dirname(course)
sys.path.insert(0, os.path.join(repository, "scripts", "homework"))
from preprocessors import ExecuteSubmission, HideTests, RestoreCells  # noqa: E402
from sandbox import SandboxKernelManager  # noqa: E402

import shutil  # noqa: E402

from nbgrader.converters import Autograde  # noqa: E402
from nbgrader.preprocessors import DeduplicateIds, Execute, GetGrades, IgnorePattern  # noqa: E402
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor  # noqa: E402

os.environ.setdefault("FLAT_MINIMA_NODE", shutil.which("node") or "node")

c = get_config()  # noqa: F821
c.CourseDirectory.root = course
c.CourseDirectory.course_id = "flat-minima"
# Several submissions are graded at a time: whoever finds the gradebook locked waits.
c.CourseDirectory.db_url = f"sqlite:///{os.path.join(course, 'gradebook.db')}?timeout=60"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", ".DS_Store"]

c.ClearSolutions.code_stub = {"typescript": 'throw new Error("not implemented yet");'}
c.ClearSolutions.text_stub = "*Your answer here.*"

c.Autograde.sanitize_preprocessors = [RestoreCells, *Autograde.sanitize_preprocessors.default()]
c.Autograde.autograde_preprocessors = [
    ExecuteSubmission if step is Execute else step
    for step in Autograde.autograde_preprocessors.default()
    if step is not IgnorePattern
]
c.RestoreCells.course = course
c.OverwriteCells.add_missing_cells = True
c.ExecuteSubmission.kernel_manager_class = SandboxKernelManager
c.ExecuteSubmission.timeout = 30
c.ExecuteSubmission.interrupt_on_timeout = True
c.ExecuteSubmission.iopub_timeout = 20
c.LimitOutput.max_lines = 200
c.LimitOutput.max_traceback = 40

c.GenerateFeedback.preprocessors = [HideTests, GetGrades, CSSHTMLHeaderPreprocessor]
