"""The page that puts runs side by side."""

from decimal import Decimal

from core.project.service import list_value_models
from tests.pages.conftest import texts
from tests.training.conftest import make_case
from tests.training.world import add_run, finish


def test_one_run_is_not_enough(ws, open_page, scientist) -> None:
    case = make_case(ws, scientist, "binary")
    page = open_page("compare", scientist, project=case.project.id)
    assert not page.exception
    assert "Nothing to compare yet" in texts(page)


def test_two_runs_stand_side_by_side(ws, open_page, scientist, tmp_path) -> None:
    case = make_case(ws, scientist, "binary")
    model = list_value_models(ws, scientist, case.project.id)[0]
    for k, value in enumerate(("1000000", "2000000")):
        run = add_run(ws, scientist, case.project.id, case.version.id, name=f"Try {k}", value_model_id=model.id)
        finish(ws, run, tmp_path / str(k), seed=k, value=Decimal(value))
    page = open_page("compare", scientist, project=case.project.id)
    assert not page.exception
    said = texts(page)
    assert "leads with ¥2" in said
    assert "All were tested on the same rows." in said
    assert len(page.table) == 3
    page.multiselect(key="compare-runs").set_value([]).run()
    assert "Choose at least two runs" in texts(page)
