# Copied into .venv/etc/jupyter by set-up (scripts/setup.mjs).
import warnings

c = get_config()  # noqa: F821

FIGURE = "application/vnd.vegalite.v5+json"


def drop_added_pictures(model, **_):
    """JupyterLab adds an image/png of each Vega-Lite figure when it saves. The figure and its SVG are there already,
    and the picture would make every saved notebook large and different."""
    if model.get("type") != "notebook" or not isinstance(model.get("content"), dict):
        return
    for cell in model["content"].get("cells", []):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if FIGURE in data:
                data.pop("image/png", None)


# Jupyter reads this file twice, and would warn that the second hook replaces the first.
warnings.filterwarnings("ignore", "Overriding existing pre_save_hook")
c.FileContentsManager.pre_save_hook = drop_added_pictures

# Nothing of the course needs the network; the extension manager would ask pypi.org.
c.LabApp.extension_manager = "readonly"
