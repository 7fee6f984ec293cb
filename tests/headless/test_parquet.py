# SPDX-License-Identifier: GPL-3.0-or-later
"""Parquet files hold the annotations of the samples, and pyarrow and pandas read them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from headless import parquet
from headless.export import main
from solar_site import Dataset
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import Settings

from ..generator.small_site import HEIGHT, WIDTH, painted, passes_of, rgb_image, small_plan


@pytest.fixture
def out(tmp_path: Path) -> Path:
    plan = small_plan()
    numbers, depth = painted(plan)
    marked = np.zeros(numbers.shape, dtype=bool)
    marked[::2] = True
    rgb = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
    for index, seen in ((0, numbers), (3, np.zeros_like(numbers)), (4, numbers)):
        write_sample(
            tmp_path / "batch_00" / f"image_{index:04d}",
            view=plan.view,
            settings=Settings(),
            number=image_number(index, 0, 1),
            images=[rgb_image(plan.view.camera, rgb)],
            passes=passes_of(seen, depth, marked & (seen > 0)),
            render_info={},
            blender="4.5.15",
        )
    return tmp_path


def test_the_tables_hold_what_the_samples_hold(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parquet, "ROWS_OF_GROUP", 50)
    assert main([str(out), "--parquet", "--split", "0.8/0.2"]) == 0
    told = capsys.readouterr().out
    images = pd.read_parquet(out / "parquet" / "images.parquet")
    samples = list(Dataset(out))
    assert list(images["image"]) == [0, 3, 4]
    assert list(images["subset"]) == ["train", "train", "val"]
    assert [out / path for path in images["path"]] == [sample.folder / "rgb.png" for sample in samples]
    assert (images["width"] == WIDTH).all()
    objects = pq.read_table(out / "parquet" / "objects.parquet")
    records = [
        (sample.index, kind, one)
        for sample in samples
        for kind, own in (("object", sample.objects), ("table", sample.tables), ("condition", sample.conditions))
        for one in own
    ]
    assert told == f"{len(records)} annotations written to {out / 'parquet'}\n"
    assert len({kind for _, kind, _ in records}) == 3
    rows = objects.to_pylist()
    visible = [sum(row["image"] == index and row["visible_px"] > 0 for row in rows) for index in images["image"]]
    assert images["visible"].tolist() == visible
    assert [(row["image"], row["record"], row["id"], row["category"]) for row in rows] == [
        (index, kind, one.get("id"), one["category"]) for index, kind, one in records
    ]
    for row, (_, _, one) in zip(rows, records, strict=True):
        box = [row["box_x"], row["box_y"], row["box_width"], row["box_height"]]
        assert box == (one["bbox_px"] or [None] * 4)
        assert row["mask_rle"] == (one["mask_rle"]["counts"] if one["mask_rle"] else None)
        assert (row["polygon_px"] is None) == (one["polygon_px"] is None)
        np.testing.assert_allclose(row["polygon_px"] or [], one["polygon_px"] or [], rtol=1e-6)
        assert (row["visible_px"], row["parent"]) == (one["visible_px"], one["parent"])
        if one["visible_fraction"] is None:  # of conditions
            assert row["visible_fraction"] is None
        else:
            assert row["visible_fraction"] == pytest.approx(one["visible_fraction"], rel=1e-6)
        assert (row["condition"], row["stage"]) == (one.get("condition"), one.get("stage"))
    groups = pq.ParquetFile(out / "parquet" / "objects.parquet").metadata
    assert groups.num_row_groups == -(-len(rows) // 50)
    modules = pd.read_parquet(
        out / "parquet" / "objects.parquet",
        columns=["image"],
        filters=[("category", "==", "module"), ("visible_px", ">", 0)],
    )
    assert len(modules) == sum(one["category"] == "module" and one["visible_px"] > 0 for _, _, one in records)


def test_nothing_is_replaced_and_a_missing_library_is_named(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(out), "--parquet", "--hdf5"]) == 2
    assert main([str(out / "nothing"), "--parquet"]) == 2
    (out / "parquet").mkdir()
    (out / "parquet" / "notes.txt").touch()
    assert main([str(out), "--parquet"]) == 2
    assert "parquet exists already" in capsys.readouterr().err
    assert [path.name for path in (out / "parquet").iterdir()] == ["notes.txt"]
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "pyarrow" else object())
    assert main([str(out), "--parquet"]) == 2
    assert "--parquet needs pyarrow: python3 -m pip install '.[export]'" in capsys.readouterr().err
