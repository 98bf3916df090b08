"""The list of studies, results/report.html."""

import builtins
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.fake_results import write_study
from helpers.page_text import in_language, rows_of, text_of

from easel.report import studies_page
from easel.report.overview import State, read_overview
from easel.texts import languages

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Two studies, one with two seeds, and a folder that is no study."""
    results = tmp_path_factory.mktemp("list") / "results"
    for name, seeds in (("one", [0]), ("two", [0, 1])):
        (write_study(results, name, seeds=seeds) / "report.html").touch()
    (results / "photos").mkdir()
    return results


def cells(study) -> list[str]:
    """The text of a study's row."""
    return [text_of(str(cell)) for cell in studies_page.row(study, with_picture=True)]


def test_a_row_says_what_a_study_is_and_what_came_of_it(results):
    one = next(each for each in read_overview(results) if each.name == "one")
    name, picture, score, runs, changed, state = cells(one)
    assert name == "Quickstartone · shapesThe three families on drawn shapes, in a few minutes on a laptop."
    assert (picture, state) == ("", "finished")
    assert re.fullmatch(r"41\.2 ± 1\.6dcgan, judge classifier, 2,000 samplesno best run: one seed", score)
    assert runs == "3 runs, 1 seeddcgan, vae, vae_gan"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", changed)


def test_a_study_whose_numbers_have_another_form_is_listed_without_them(results):
    one = next(each for each in read_overview(results) if each.name == "one")
    column = {key: value for key, value in one.leader.column.items() if key not in ("judge", "differences")}
    page = str(studies_page.studies_page([replace(one, leader=replace(one.leader, column=column))]))
    (row,) = rows_of(page)
    assert "Quickstart" in row[0]
    assert row[2] == ""
    assert row[-1].startswith("damaged")


def test_the_rank_of_the_leading_run(results):
    two = next(each for each in read_overview(results) if each.name == "two")

    def ranked(reason) -> str:
        return studies_page.rank(replace(two.leader, agreed=two.leader.agreed | {"reason": reason}))

    assert ranked(None) == "significantly better than every other run"
    assert ranked("inconclusive") == "no best run: differences are not significant"
    assert ranked("one_seed") == "no best run: one seed"
    assert ranked("judges_disagree") == "no best run: the judges disagree"
    assert studies_page.rank(replace(two.leader, agreed=None)) == "the only run"


def test_every_state_is_named_in_every_language(results):
    study = read_overview(results)[0]
    for state in State:
        shown = studies_page.state_cell(replace(study, state=state))
        assert len({text_of(shown, language) for language in languages()}) == len(languages())


def test_long_texts_and_many_runs_are_cut(results):
    study = replace(read_overview(results)[0], description="x" * 5_000, runs=[f"r{i}" for i in range(1_000)])
    name, _, _, runs, *_ = cells(study)
    assert len(name) < 250
    assert runs.endswith("r4, r5, 994 more")


def test_names_and_titles_are_no_markup(results):
    study = replace(read_overview(results)[0], title="<script>", description="<b>", dataset="<i>", runs=["<u>"])
    assert not re.search(r"<(script|b|i|u)>", str(studies_page.row(study, with_picture=True)))


def test_the_page_links_to_the_studies_and_loads_nothing(results):
    studies_page.write_studies_page(results)
    html = (results / "report.html").read_text()
    page = in_language(html)
    assert set(re.findall(r'<a href="([^"]+)"', page)) == {"one/report.html", "two/report.html"}
    assert all((results / link).is_file() for link in re.findall(r'<a href="([^"]+)"', page))
    assert {source[:11] for source in re.findall(r'src="([^"]*)"', page)} == {"data:image/"}
    assert [row[0] for row in rows_of(page)][-1] == "photos"
    assert not list(results.glob(".report*"))


def test_a_folder_without_studies(tmp_path):
    studies_page.write_studies_page(tmp_path)
    assert "There is no study in this folder yet" in (tmp_path / "report.html").read_text()


def test_a_folder_that_is_not_there_is_not_made(tmp_path, capsys):
    assert studies_page.main(str(tmp_path / "nowhere")) == 1
    assert f"there is no folder {tmp_path}/nowhere" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_fifty_studies_are_a_small_page_and_each_of_their_files_is_read_once(results, tmp_path, monkeypatch):
    for i in range(50):
        (tmp_path / f"study-{i}").symlink_to(results / "two")
    studies_page.write_studies_page(tmp_path)  # reads the texts
    opened = Counter()

    def counting(file, *arguments, **options):
        opened[str(file)] += 1
        return builtins.open(file, *arguments, **options)

    monkeypatch.setattr("io.open", counting)  # pathlib's
    studies_page.write_studies_page(tmp_path)
    read = {path: count for path, count in opened.items() if "/study-" in path}
    assert len(read) >= 50
    assert set(read.values()) == {1}
    assert (tmp_path / "report.html").stat().st_size < 2_000_000


def test_the_list_needs_neither_tensorflow_nor_matplotlib(results):
    heavy = "{'tensorflow', 'keras', 'matplotlib', 'sklearn'} & set(sys.modules)"
    code = f"import sys; from easel.report.studies_page import main; main({str(results)!r}); print({heavy})"
    (results / "report.html").unlink(missing_ok=True)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "workflow", capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "set()\n"), done.stderr
    assert (results / "report.html").is_file()
