# SPDX-License-Identifier: GPL-3.0-or-later
"""A small array on a tilted plane, planned and rendered without the generator, to check annotations independently."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np

from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.domain.projection import Camera
from solar_site_addon.generator.imaging.passes import PixelPasses
from solar_site_addon.generator.imaging.png import rgb_png
from solar_site_addon.generator.plan.array.piles import plan_pile_type
from solar_site_addon.generator.plan.array.stages import Stage
from solar_site_addon.generator.plan.array.table_types import table_type
from solar_site_addon.generator.plan.array.tables import Beams, Modules, Piles, Tables
from solar_site_addon.generator.plan.atmosphere import Sun
from solar_site_addon.generator.plan.equipment.equipment import Equipment
from solar_site_addon.generator.plan.model import Site, View
from solar_site_addon.generator.plan.objects import Objects, objects_of
from solar_site_addon.generator.plan.placement.fences import no_fence
from solar_site_addon.generator.plan.placement.items import TARPAULIN_POINTS, Item, Items, Tarpaulin, Tarpaulins
from solar_site_addon.generator.plan.surroundings.surroundings import Surroundings
from solar_site_addon.generator.plan.terrain.terrain import Terrain
from solar_site_addon.generator.sensor.modality import Image
from solar_site_addon.generator.settings.sampling import draw_settings
from solar_site_addon.generator.settings.schema import Settings

WIDTH, HEIGHT, FOCAL_PX = 160, 120, 120.0
MODULE_WIDTH, MODULE_LENGTH, GAP = 1.134, 2.278, 0.02
TILT = np.radians(20)


class Planned(NamedTuple):
    """A site and a view of it."""

    site: Site
    view: View


def small_camera(
    position=(0.0, -6.0, 22.0), pitch_deg=-75.0, width=WIDTH, height=HEIGHT, focal_px=FOCAL_PX, lens=None
) -> Camera:
    """Return a camera that looks north and down."""
    pitch = np.radians(pitch_deg)
    forward = np.array([0.0, np.cos(pitch), np.sin(pitch)])
    right = np.array([1.0, 0.0, 0.0])
    rotation = np.stack([right, np.cross(forward, right), forward])
    matrix = np.eye(4)
    matrix[:3, :3] = rotation
    matrix[:3, 3] = -rotation @ np.asarray(position)
    return Camera(
        width_px=width,
        height_px=height,
        focal_px=focal_px,
        position=np.asarray(position),
        world_to_camera=matrix,
        altitude_agl_m=position[2],
        gimbal_pitch_deg=pitch_deg,
        heading_deg=0.0,
        gsd_m=position[2] / focal_px,
        lens=lens,
    )


def small_modules(num_tables: tuple[int, int] = (4, 5), columns: int = 5) -> tuple[Tables, Modules]:
    """Return tables (rows, tables per row) of 2 x ``columns`` modules, tilted to the south, and their modules."""
    along, up = np.array([1.0, 0.0, 0.0]), np.array([0.0, np.cos(TILT), np.sin(TILT)])
    size = np.array([columns * (MODULE_WIDTH + GAP) - GAP, 2 * MODULE_LENGTH + GAP])
    row, column = (index.ravel() for index in np.indices(num_tables))
    count = len(row)
    centre = np.stack(
        [
            (column - (num_tables[1] - 1) / 2) * (size[0] + 0.5),
            (row - (num_tables[0] - 1) / 2) * 7.0,
            np.full(count, 1.5),
        ],
        axis=1,
    )
    tables = Tables(
        centre=centre,
        axes=np.broadcast_to(np.stack([along, up, np.cross(along, up)]), (count, 3, 3)),
        size=np.broadcast_to(size, (count, 2)),
        columns=np.tile(np.array([0, columns], np.int32), (count, 1)),
        type=np.zeros(count, np.int32),
        cluster=np.zeros(count, np.int32),
        row=row.astype(np.int32),
        column=column.astype(np.int32),
        tilt_deg=np.full(count, 20.0),
        azimuth_deg=np.full(count, 180.0),
        roll_deg=np.zeros(count),
        planned=np.full(count, columns, dtype=np.int32),
        stage=np.full(count, Stage.COMPLETE, dtype=np.int32),
        done=np.ones(count),
    )
    table, in_row, in_column = (index.ravel() for index in np.indices((count, 2, columns)))
    lower_left = (
        centre[table]
        + np.outer(in_column * (MODULE_WIDTH + GAP) - size[0] / 2, along)
        + np.outer(in_row * (MODULE_LENGTH + GAP) - size[1] / 2, up)
    )
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    corners = lower_left[:, None] + square[:, :1] * MODULE_WIDTH * along + square[:, 1:] * MODULE_LENGTH * up
    return tables, Modules(
        corners=corners,
        table=table.astype(np.int32),
        row=in_row.astype(np.int32),
        column=in_column.astype(np.int32),
        tint=np.zeros(len(table)),
        hue=np.zeros(len(table)),
        lean=np.zeros((len(table), 2)),
        condition=(np.arange(len(table)) % 8).astype(np.int32),  # all conditions but missing
        dust=np.arange(len(table)) / len(table),
        variant=np.zeros(len(table), np.int32),
    )


NO_EQUIPMENT = Equipment(Items.of([]), np.zeros((0, 2, 3)), no_fence(), ())
PILE_TYPE = plan_pile_type("phc", 1)
NO_PILES = Piles(
    head=np.zeros((0, 3)),
    axis=np.zeros((0, 3)),
    exposed_m=np.zeros(0),
    turn_deg=np.zeros(0),
    table=np.zeros(0, np.int32),
    state=np.zeros(0, np.int32),
    variant=np.zeros(0, np.int32),
    standing=np.zeros(0, np.bool_),
    fitted=np.zeros(0, np.bool_),
)
NO_SURROUNDINGS = Surroundings(Items.of([]), Tarpaulins.of([]))


def small_objects(plan: Planned) -> Objects:
    return objects_of(plan.site)


def level_ground() -> Terrain:
    """Return ground at the height 0, 2 km wide."""
    axis = np.array([-1000.0, 0.0, 1000.0])
    return Terrain(axis, axis, np.zeros((3, 3)), fine_half_m=1000.0, spacing_m=1000.0, relief=0.0, roughness=0.0)


def small_beams(tables: Tables) -> Beams:
    """Return one horizontal beam along each table, 20 cm below the center of its glass."""
    middle = tables.centre - 0.2 * tables.axes[:, 2]
    reach = tables.size[:, :1] / 2 * tables.axes[:, 0]
    count = len(middle)
    return Beams(
        start=middle - reach,
        end=middle + reach,
        up=tables.axes[:, 2],
        section=np.full((count, 2), 0.06),
        table=np.arange(count, dtype=np.int32),
    )


def rgb_image(camera: Camera, image: np.ndarray | bytes) -> Image:
    """Return the output of the rgb modality for an image (H, W, 3) or the bytes of a JPEG file."""
    files = {"rgb.jpg": image} if isinstance(image, bytes) else {"rgb.png": rgb_png(image)}
    return Image("rgb", camera, files)


def small_plan(camera: Camera | None = None, num_tables: tuple[int, int] = (4, 5), seed: int = 7) -> Planned:
    """Return a site and a view without roads, ground cover and vegetation, which annotations do not need."""
    tables, modules = small_modules(num_tables)
    settings = draw_settings(Settings(), seed)
    site = Site(
        seed=seed,
        settings=settings,
        terrain=level_ground(),
        roads=None,
        table_types=(table_type(settings, seed),),
        tables=tables,
        modules=modules,
        pile_type=PILE_TYPE,
        piles=NO_PILES,
        beams=small_beams(tables),
        clamps=None,
        ground=None,
        marks=None,
        equipment=NO_EQUIPMENT,
        surroundings=NO_SURROUNDINGS,
    )
    view = View(
        site=site,
        index=0,
        settings=settings,
        camera=camera or small_camera(),
        sun=Sun(azimuth_deg=160.0, elevation_deg=45.0, turbidity=3.0),
        vegetation=None,
    )
    return Planned(site, view)


def equipped_plan(camera: Camera | None = None) -> Planned:
    """Return the small plan with an inverter among its tables, an inverter far away, and a tarpaulin."""
    inverters = [
        Item("string_inverter", np.array([x, 0.0, 0.0]), np.eye(3), np.array([1.0, 0.5, 2.0]), 0.0, np.zeros(4))
        for x in (0.5, 900.0)
    ]
    x, y = np.meshgrid(np.linspace(3, 5, TARPAULIN_POINTS), np.linspace(-5, -3, TARPAULIN_POINTS))
    tarpaulin = Tarpaulin("tarpaulin", np.stack([x, y, np.full_like(x, 0.2)], axis=-1), np.zeros(4))
    plan = small_plan(camera)
    site = dataclasses.replace(
        plan.site,
        equipment=dataclasses.replace(NO_EQUIPMENT, items=Items.of(inverters)),
        surroundings=dataclasses.replace(NO_SURROUNDINGS, tarpaulins=Tarpaulins.of([tarpaulin])),
    )
    return Planned(site, dataclasses.replace(plan.view, site=site))


def painted_numbers(plan: Planned) -> np.ndarray:
    """Return the number (H, W) of the nearest module that a ray through each pixel center hits; 0 for none."""
    return painted(plan)[0]


def painted(plan: Planned) -> tuple[np.ndarray, np.ndarray]:
    """Return number and depth (H, W) of the nearest module, or of the ground, that a ray through each center hits."""
    camera = plan.view.camera
    y, x = np.mgrid[: camera.height_px, : camera.width_px] + 0.5
    rays = np.stack([x - camera.width_px / 2, y - camera.height_px / 2, np.full(x.shape, camera.focal_px)], axis=-1)
    rays = rays @ camera.world_to_camera[:3, :3] / camera.focal_px
    with np.errstate(divide="ignore"):
        to_ground = -camera.position[2] / rays[..., 2]
    numbers, nearest = np.zeros(x.shape, np.int32), np.where(to_ground > 0, to_ground, np.inf)
    for number, corners in enumerate(plan.site.modules.corners, start=1):
        window = _window(camera, corners)
        corner, right, _, up = corners
        edges = np.stack([right - corner, up - corner])
        normal = np.cross(*edges)
        with np.errstate(divide="ignore", invalid="ignore"):
            distance = (corner - camera.position) @ normal / (rays[window] @ normal)
        hit = camera.position + distance[..., None] * rays[window] - corner
        share = hit @ edges.T / np.sum(edges**2, axis=1)
        on = np.all((share >= 0) & (share <= 1), axis=-1) & (distance > 0) & (distance < nearest[window])
        numbers[window][on], nearest[window][on] = number, distance[on]
    return numbers, nearest.astype(np.float32)


def _window(camera: Camera, corners: np.ndarray) -> tuple[slice, slice]:
    """Return the rows and columns of the pixels around a module: all of them if part of it is behind the camera."""
    seen = (corners - camera.position) @ camera.world_to_camera[:3, :3].T
    if seen[:, 2].min() <= 0:
        return np.s_[:, :]
    pixels = seen[:, :2] / seen[:, 2:] * camera.focal_px + np.array([camera.width_px, camera.height_px]) / 2
    left, top = np.maximum(np.floor(pixels.min(axis=0)), 0).astype(int)
    right, bottom = np.maximum(np.ceil(pixels.max(axis=0)), 0).astype(int)
    return np.s_[top:bottom, left:right]


def passes_of(numbers: np.ndarray, depth: np.ndarray | None = None, marked: np.ndarray | None = None) -> PixelPasses:
    """Return passes with these module numbers and no marks; by default with some depth, and sky in the first row."""
    classes = np.where(numbers > 0, Category.MODULE, Category.TERRAIN).astype(np.uint8)
    if depth is None:
        depth = (20 + np.cumsum(np.ones(numbers.shape), axis=0) / 7).astype(np.float32)
        classes[0], depth[0] = Category.SKY, np.inf
    marked = np.zeros(numbers.shape, dtype=bool) if marked is None else marked
    normals = np.zeros((*numbers.shape, 3), np.float32)
    normals[..., 2] = 1
    return PixelPasses(numbers=numbers, categories=classes, marked=marked, depth=depth, normals=normals)
