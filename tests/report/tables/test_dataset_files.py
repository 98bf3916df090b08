"""Files of a dataset: skipped and changed pictures."""

from helpers.page_text import rows_of, text_of

from easel.report import cells as report


def test_skipped_and_changed_files_are_listed():
    assert report.file_problems({"classes": []}) is None
    whole = report.file_problems({"files": {"taken": 2000, "left_out": 0, "problems": []}})
    assert text_of(whole) == "2,000 pictures used from the folder, 0 files skipped."
    names = [f"<{i}>.png" for i in range(10)]
    problems = [
        {"kind": "damaged", "taken": False, "count": 1234, "files": names},
        {"kind": "grey", "taken": True, "count": 2, "files": names[:2]},
    ]
    found = report.file_problems({"files": {"taken": 1, "left_out": 1234, "problems": problems}})
    assert rows_of(found) == [
        ["damaged or truncated", "1,234", "&lt;0&gt;.png, &lt;1&gt;.png, &lt;2&gt;.png, …"],
        ["grey: the same in all three channels", "2", "&lt;0&gt;.png, &lt;1&gt;.png"],
    ]
    assert text_of(found).startswith("1 picture used from the folder, 1,234 files skipped. See files.tsv")


def test_near_duplicates_in_different_splits_are_a_warning(tmp_path):
    dataset = {"files": {"taken": 2000, "left_out": 0, "problems": []}}
    table, header = tmp_path / "near_duplicates.tsv", "file\tsplit\tother\tother_split\tbits\n"
    plain = report.file_problems(dataset)
    assert report.file_problems(dataset, tmp_path) == plain, "a dataset of an earlier version has no such file"
    table.write_text(header + "a.png\ttrain\tb.png\ttrain\t0\n")
    assert report.file_problems(dataset, tmp_path) == plain
    table.write_text(header + 'a "1.png\ttest\tb.png\ttrain\t0\nc.png\ttest\td.png\ttrain\t2\n')
    assert "2 pairs of a training and a test picture look alike. A network" in text_of(
        report.file_problems(dataset, tmp_path)
    ).replace("alike.A", "alike. A")
