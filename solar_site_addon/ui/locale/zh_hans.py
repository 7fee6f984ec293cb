# SPDX-License-Identifier: GPL-3.0-or-later
"""Simplified Chinese texts. Labels and tooltips of settings are composed as in labels.py; gaps stay English."""

from __future__ import annotations

import re

from ...generator.domain.cameras import CAMERA_MODELS
from ...generator.settings.schema import MIXED, RunSettings, Settings, iter_settings
from ...generator.settings.types import Options, Range, Setting
from ..captions import SHOWN_UNITS, choice_label, label, plain_label, tooltip

SETTING_LABELS = {
    "Site Size": "场区边长",
    "Relief": "起伏",
    "Roughness": "粗糙度",
    "Grass Cover": "草地覆盖",
    "Presets": "预设",
    "Season": "季节",
    "Soil": "土壤",
    "Array Ground": "阵列地面",
    "Cropland": "耕地",
    "Orchards": "果园",
    "Gravel": "碎石",
    "Snow Cover": "积雪覆盖",
    "Use Clusters": "使用组团",
    "Clusters": "组团数",
    "Cluster Radius": "组团半径",
    "Table Type": "支架类型",
    "Tilt Control": "倾角方式",
    "Contour Following": "等高线跟随",
    "Misalignment": "安装误差",
    "Incomplete Share": "不完整支架比例",
    "Extension Share": "扩建比例",
    "Unfinished Share": "在建支架比例",
    "Posts": "立柱",
    "Elevation Model": "高程模型",
    "Cell Size": "格网间距",
    "Terraces": "梯田",
    "Terrace Riser": "田坎高度",
    "Roads": "道路",
    "Road Width": "道路宽度",
    "Max Grade": "最大道路纵坡",
    "Road Surface": "路面",
    "Road Vegetation": "路面长草",
    "Table Columns": "支架列数",
    "Tilt": "倾角",
    "Azimuth Spread": "方位角偏差",
    "Design Sun": "设计太阳高度角",
    "Table Gap": "支架间隙",
    "Clearance": "组件离地高度",
    "Max Slope": "最大坡度",
    "Max Roll": "最大横坡",
    "Max Post": "最大柱长",
    "Module Type": "组件类型",
    "Frame": "边框",
    "Module Length": "组件长度",
    "Module Width": "组件宽度",
    "Frame Height": "边框高度",
    "Module Gap": "组件间隙",
    "Cells Along": "长边电池片数",
    "Cells Across": "短边电池片数",
    "Fences": "围栏",
    "Transformers": "箱变",
    "Substation": "升压站",
    "Inverters": "逆变器",
    "Cable Trays": "电缆桥架",
    "Masts": "杆塔",
    "Buildings": "建筑",
    "Greenhouses": "温室大棚",
    "Ponds": "水池",
    "Vehicles": "车辆",
    "Materials": "堆放物",
    "Soiling": "积灰",
    "Stain Share": "污渍比例",
    "Droppings Share": "鸟粪比例",
    "Leaves Share": "落叶比例",
    "Snow Share": "残雪比例",
    "Cracked Share": "破碎比例",
    "Hot Spot Share": "热斑比例",
    "Missing Share": "缺失比例",
    "Grass": "草丛",
    "Grass Height": "草高",
    "Weeds": "杂草",
    "Shrubs": "灌木",
    "Trees": "树木",
    "Tree Type": "树木类型",
    "Stones": "石块",
    "Sun Position": "太阳位置",
    "Latitude": "纬度",
    "Longitude": "经度",
    "Date": "日期",
    "Local Time": "当地时间",
    "UTC Offset": "UTC 偏移",
    "Sun Azimuth": "太阳方位角",
    "Sun Elevation": "太阳高度角",
    "Turbidity": "浑浊度",
    "Image Width": "图像宽度",
    "Image Height": "图像高度",
    "Sensor": "传感器宽度",
    "Focal Length": "焦距",
    "Altitude AGL": "离地高度",
    "Gimbal Pitch": "云台俯仰角",
    "Heading": "航向",
    "Weather": "天气",
    "Visibility": "能见度",
    "Cloud Cover": "云量",
    "Camera Model": "相机型号",
    "Heading Mode": "航向方式",
    "Distortion": "镜头畸变",
    "Exposure": "曝光误差",
    "Warmth": "冷暖偏差",
    "Tint": "色调偏差",
    "Vignetting": "暗角",
    "Color Fringing": "色差",
    "Blur": "模糊",
    "Motion Blur": "运动模糊",
    "Motion Angle": "运动方向",
    "Noise": "噪点",
    "Contrast": "对比度",
    "Saturation": "饱和度",
    "Sharpening": "锐化",
    "JPEG Quality": "JPEG 质量",
    "Max Samples": "最大采样数",
    "Noise Threshold": "噪波阈值",
    "Denoiser": "降噪器",
    "Write Normals": "写出法线",
    "Images": "图像数",
    "Views per Site": "每个场地的视角数",
    "Processes": "进程数",
    "Seed": "种子",
    "Use GPU": "使用 GPU",
    "Device": "设备",
    "Formats": "格式",
}
"""By the label without its unit."""

SETTING_HELP = {
    "site.size_m": "可布置支架的正方形场区的边长",
    "site.relief": "地形起伏：0 为平地，0.5 为丘陵，1 为陡峭山地",
    "site.roughness": "小尺度地形粗糙度及侵蚀细沟的密度：0 为平滑，1 为崎岖",
    "site.greenness": "草地覆盖的地面比例",
    "site.elevation_model": "数字高程模型文件，用以代替程序生成的地形（GeoTIFF、ESRI ASCII .asc、SRTM .hgt、.npy）",
    "site.elevation_cell_m": "高程模型的格网间距，仅用于不含该信息的 .npy 文件",
    "site.terraces": "沿等高线修成梯田的坡地比例",
    "site.terrace_riser_m": "梯田田坎高度",
    "site.roads": "修建通往阵列或各组团的整平检修道路",
    "site.road_width_m": "行车道宽度",
    "site.road_max_grade_percent": "道路最大纵坡",
    "site.road_surface": "路面材料",
    "site.road_growth": "车辙之间及路缘的长草程度：0 为无",
    "site.presets": "地貌预设；每张图像抽取一个，用于填充所有仍为默认值的设置",
    "site.season": "季节，决定树叶和草的颜色以及作物状态",
    "site.soil": "土壤颜色",
    "site.fields": "阵列周围缓坡土地中耕地的比例",
    "site.orchards": "耕地中果园的比例",
    "site.array_ground": "阵列内的地面覆盖；gravel_strips 仅在支架下方铺设碎石",
    "site.gravel": "阵列内碎石的颜色",
    "site.snow": "开阔地面的积雪覆盖：0 为无，1 为几乎全部覆盖",
    "array.use_clusters": "将支架布置为不同山坡上的多个组团，各有自己的方位角，而不是一个连续阵列",
    "array.num_clusters": "启用 use_clusters 时的组团数量",
    "array.cluster_radius_m": "组团半径",
    "array.table_type": "每个支架的组件排数及朝向：P 为竖排，L 为横排",
    "array.posts": "每个支架的立柱排数；1P 支架始终为单排",
    "array.table_columns": "竖排支架的组件列数；横排支架的长度与之相近",
    "array.tilt_deg": "支架相对水平面的倾角",
    "array.tilt_mode": "倾角方式：fixed 采用 tilt_deg；slope 随地面坡度，限制在 5 到 40 度",
    "array.azimuth_spread_deg": "支架方位角由正对赤道方向向坡向偏转的最大角度",
    "array.contour_following": "各排沿等高线布置的程度：0 为直线",
    "array.misalignment": "位置、方位角、倾角、横坡和高度的安装误差：0 为无误差，1 为典型值",
    "array.incomplete_share": "一端缺少若干列组件的支架比例",
    "array.extension_share": (
        "后期扩建部分占阵列（或组团）的比例；采用不同类型的组件，边框、支架和立柱也可能不同，"
        "从 module.kind、module.frame、array.table_type 和 array.posts 中抽取"
    ),
    "array.unfinished_share": "在建支架的比例：只有立柱和檩条，未安装组件",
    "array.design_sun_elevation_deg": "设计太阳高度角：不低于此高度角时前后排互不遮挡；由此确定排间距",
    "array.table_gap_m": "同一排相邻支架之间的间隙",
    "array.ground_clearance_m": "组件下边缘的最小离地高度",
    "array.max_slope_deg": "支架下方地面的最大坡度",
    "array.max_roll_deg": "支架沿排方向的最大倾斜角",
    "array.max_post_m": "地面以上立柱的最大长度",
    "module.kind": (
        "组件类型：mono 和 bifacial 为 144 片半片电池，full_black 为 108 片；poly_60 和 poly_72 为整片电池；"
        "thin_film 为无框碲化镉，thin_film_large 为有框碲化镉"
    ),
    "module.frame": "边框颜色；auto 为该组件类型常见的颜色",
    "module.length_m": "组件长度（长边）",
    "module.width_m": "组件宽度（短边）",
    "module.thickness_m": "边框高度",
    "module.gap_m": "同一支架上组件之间的间隙",
    "module.cells_along": "沿长边的电池片数",
    "module.cells_across": "沿短边的电池片数",
    "module.soiling": "组件表面积灰：0 为清洁，1 为结垢",
    "module.stain_share": "有污渍的组件比例",
    "module.droppings_share": "有鸟粪的组件比例",
    "module.leaves_share": "有落叶的组件比例",
    "module.snow_share": "部分被积雪覆盖的组件比例",
    "module.cracked_share": "玻璃碎裂的组件比例",
    "module.hot_spot_share": "有热斑烧痕的组件比例",
    "module.missing_share": "未安装组件的位置比例",
    "equipment.fences": "在阵列周围设置围栏，道路通过处设大门",
    "equipment.transformers": "每 100 个支架的箱式变压器数量，每个组团至少一台；0 为不设置",
    "equipment.substation": "在道路旁平整场地上建有升压站的概率",
    "equipment.inverters": "每 100 个支架的组串式逆变器或汇流箱数量，安装于支架后方；0 为不设置",
    "equipment.cable_trays": "在部分支架排后方敷设电缆桥架",
    "equipment.masts": "避雷针和气象站的数量",
    "surroundings.buildings": "阵列周围的房屋和彩钢棚数量",
    "surroundings.greenhouses": "阵列周围的塑料大棚和玻璃温室数量",
    "surroundings.ponds": "阵列周围的防渗水池和水罐数量",
    "surroundings.vehicles": "阵列内的皮卡、面包车和挖掘机数量",
    "surroundings.materials": "阵列内的篷布、集装箱和未拆封组件垛的数量",
    "vegetation.grass": "草地上草丛的密度：0 为无，1 为草甸",
    "vegetation.grass_height_m": "草丛的平均高度",
    "vegetation.weeds": "杂草密度，包括组件下边缘处：0 为无，1 为杂草丛生",
    "vegetation.shrubs": "灌木密度：0 为无，1 为灌木林",
    "vegetation.trees": "阵列以外土地中林地的比例",
    "vegetation.tree_kind": "树木类型",
    "vegetation.stones": "石块和巨石的密度：0 为无，1 为遍布",
    "light.source": "太阳位置由地点、日期和时间计算，或直接给定角度",
    "light.latitude_deg": "纬度，北纬为正",
    "light.longitude_deg": "经度，东经为正",
    "light.date": "日期 (YYYY-MM-DD)",
    "light.time_h": "当地时间",
    "light.utc_offset_h": "当地时间的 UTC 偏移",
    "light.sun_azimuth_deg": "太阳方位角，自北顺时针，source 为 angles 时有效",
    "light.sun_elevation_deg": "太阳高度角，source 为 angles 时有效",
    "light.turbidity": "天空模型的大气浑浊度：2 为非常清澈，8 为有霾；霾天加倍",
    "light.weather": "天气状况",
    "light.visibility_km": "气象能见度；霾天降为八分之一",
    "light.cloud_cover": "cloud_shadows 天气下的云量",
    "camera.model": "相机型号；custom 采用 sensor_width_mm 和 focal_length_mm",
    "camera.width_px": "图像宽度",
    "camera.height_px": "图像高度",
    "camera.sensor_width_mm": "自定义相机的传感器宽度；像素为正方形",
    "camera.focal_length_mm": "自定义相机的焦距",
    "camera.altitude_agl_m": "无人机相对其正下方地面的飞行高度；决定地面采样距离",
    "camera.gimbal_pitch_deg": "云台俯仰角：-90 为垂直向下",
    "camera.heading_mode": "相机航向：free 采用 heading_deg，其余与视野内的支架排对齐",
    "camera.heading_deg": "相机航向，自北顺时针，heading_mode 为 free 时有效",
    "effects.distortion": "镜头径向畸变（Brown-Conrady k1）：负值为桶形，正值为枕形；标注随之变化",
    "effects.exposure_error_ev": "自动曝光误差：正值为过曝",
    "effects.warmth": "蓝红轴上的白平衡误差：正值偏暖",
    "effects.tint": "绿品红轴上的白平衡误差：正值偏品红",
    "effects.vignetting": "图像四角的相对光衰减",
    "effects.chromatic_aberration_px": "横向色差：四角处红色和蓝色相对绿色的偏移",
    "effects.blur_px": "镜头模糊，以高斯函数的标准差表示",
    "effects.motion_px": "运动模糊：曝光期间的像移",
    "effects.motion_direction_deg": "像移方向，自图像右侧逆时针",
    "effects.noise": "中灰处传感器噪声与信号之比；散粒噪声和读出噪声由此换算",
    "effects.contrast": "机内对比度：负值平淡，正值强烈",
    "effects.saturation": "机内饱和度：-1 为灰度，正值鲜艳",
    "effects.sharpening": "机内锐化强度",
    "effects.jpeg_quality": "JPEG 质量 (rgb.jpg)，通常为 85 到 95；0 写出无损的 rgb.png",
    "render.max_samples": "每像素最大采样数",
    "render.noise_threshold": "自适应采样：像素停止采样的噪波水平",
    "render.denoiser": "降噪器：INTEL 为 OpenImageDenoise，OPTIX 需要 NVIDIA GPU",
    "render.normals": "同时写出表面法线 (normals.exr)",
    "num_images": "数据集中的图像数量",
    "views_per_site": "每个场地的图像数量，相当于在其上空的一次飞行；每张图像各自抽取相机、光照和效果",
    "num_parallel": "并行 Blender 进程的数量",
    "seed": "第一个场地的种子；第 i 个场地使用 seed + i",
    "use_gpu": "有可用 GPU 时使用 GPU 渲染",
    "device": "渲染设备；auto 选择可用的最快后端",
    "formats": "样本文件夹之外另行写出的标注格式",
}
"""By the setting's dotted name."""

ZERO = {"the native resolution of the camera": "相机原生分辨率", "the value of the module type": "组件类型自身的值"}
"""What 0 stands for."""

ALLOWED = {
    "an integer or a range low..high within ": "整数或区间 low..high，范围 ",
    "a number or a range low..high within ": "数值或区间 low..high，范围 ",
    "an integer from ": "整数，范围 ",
    "a number from ": "数值，范围 ",
    "one or more of ": "以下一项或多项：",
    "one of ": "以下之一：",
    ", or none": "，也可不选",
    " to ": " 到 ",
    "true or false": "true 或 false",
    "a date as ": "日期，格式为 ",
    **{f", or 0 for {zero}": f"，或 0：{chinese}" for zero, chinese in ZERO.items()},
}
"""Parts of the allowed values in words; the longer ones first."""

RECOMMENDED = {"50 to 500; fewer for previews": "50 到 500；预览时可更少"}

CHOICE_LABELS = {
    "Place and Time": "地点和时间",
    "Angles": "角度",
    "None": "无",
    "Automatic": "自动",
    "Mountain Summer": "夏季山地",
    "Mountain Winter": "冬季山地",
    "Dry Hills": "干旱丘陵",
    "Terraced Farmland": "梯田农地",
    "Flat Grassland": "平坦草地",
    "Desert": "荒漠",
    "Mixed": "混合",
    "Class Masks": "类别掩码",
    "Fixed": "固定",
    "Follow Slope": "随坡度",
    "Single": "单排",
    "Double": "双排",
    "Mono": "单晶",
    "Poly 60": "多晶 60 片",
    "Poly 72": "多晶 72 片",
    "Full Black": "全黑",
    "Bifacial": "双面",
    "Thin Film": "薄膜",
    "Large Thin Film": "大尺寸薄膜",
    "Silver": "银色",
    "Black": "黑色",
    "White": "白色",
    "Custom": "自定义",
    "Clear": "晴",
    "Hazy": "雾霾",
    "Thin Cloud": "薄云",
    "Overcast": "阴",
    "Cloud Shadows": "云影",
    "Free": "自由",
    "Along": "沿排",
    "Across": "横跨排",
    "Spring": "春",
    "Summer": "夏",
    "Autumn": "秋",
    "Winter": "冬",
    "Brown": "棕",
    "Yellow": "黄",
    "Red": "红",
    "Gray": "灰",
    "Sand": "沙",
    "Natural": "自然",
    "Mown": "草坪",
    "Gravel": "碎石",
    "Gravel Strips": "碎石带",
    "Bare Soil": "裸土",
    "Beige": "米色",
    "Dark": "深色",
    "Earth": "土",
    "Concrete": "混凝土",
    "Broadleaf": "阔叶",
    "Conifer": "针叶",
    "Leafless": "无叶",
}
NAMES = {
    "1P",
    "2P",
    "3L",
    "4L",
    "Intel (OIDN)",
    "OptiX",
    "Metal",
    "CUDA",
    "HIP",
    "oneAPI",
    "CPU",
    "COCO",
    "YOLO Detect",
    "YOLO Segment",
    "YOLO OBB",
}
"""Choices that are the same in every language; so are the names of cameras."""

TEXTS = {
    # panels
    "Solar Site": "光伏场地",
    "Site": "场地",
    "Land": "地块",
    "Tables": "支架",
    "Surroundings": "周边环境",
    "Vegetation and Stones": "植被与石块",
    "Modules": "组件",
    "Equipment": "设备",
    "Camera": "相机",
    "Resolution and Lens": "分辨率和镜头",
    "Camera Effects": "相机效果",
    "Light": "光照",
    "Render": "渲染",
    "Batch": "批量",
    "Formats and Files": "格式和文件",
    "Presets": "预设",
    "Mix of Presets": "混合预设",
    "Site Presets": "场地预设",
    "Settings Files": "设置文件",
    "Flight": "飞行",
    "GSD": "地面采样距离",
    "Footprint": "覆盖范围",
    "Modules in View": "视野内组件",
    "{low:.2f} to {high:.2f} cm": "{low:.2f} 至 {high:.2f} cm",
    "{low:.0f} to {high:.0f} m wide": "宽 {low:.0f} 至 {high:.0f} m",
    "{low:.0f} to {high:.0f} m": "{low:.0f} 至 {high:.0f} m",
    "not yet known": "尚不清楚",
    "The preview matches the settings": "预览与当前设置一致",
    "Image size: {width} x {height}": "图像尺寸 {width} x {height}",
    "Settings changed since this preview": "设置在此预览之后已更改",
    "0: value of the module type": "0：组件类型自身的值",
    "Native: {width} x {height}": "原生分辨率：{width} x {height}",
    "Native, up to {width} x {height}": "原生分辨率，最大 {width} x {height}",
    "{height:.0f} m, {pitch:.0f}°, {heading:.0f}°": "{height:.0f} m，{pitch:.0f}°，{heading:.0f}°",
    "{gsd:.2f} cm/px": "{gsd:.2f} cm/像素",
    "{width:.0f} x {height:.0f} m": "{width:.0f} x {height:.0f} m",
    "{seen} of {all}": "{seen}，共 {all}",
    "No complete module is in view: fly higher or pitch the gimbal further down.": (
        "视野内没有完整的组件：请飞得更高或更垂直地向下看。"
    ),
    "Detecting devices": "正在查找设备",
    "About {time} per image": "每张图像大约 {time}",
    "Rendering for {seconds:.0f} s": "已渲染 {seconds:.0f} 秒",
    "Dataset folder": "数据集文件夹",
    "Start": "开始",
    "Cancel": "取消",
    "Resume": "继续",
    "About {needed} needed, {free} free on this disk.": "大约需要 {needed}，此磁盘剩余 {free}。",
    "Checking Blender and the first site": "正在检查 Blender 和第一个场地",
    "Running": "进行中",
    "All images are finished": "所有图像均已完成",
    "Stopped before all images were finished": "在所有图像完成之前已结束",
    "Stopped before the formats were written": "格式写完之前已结束",
    "The batch ended with an error": "批量任务因错误而结束",
    "Some images failed": "有些图像未能生成",
    "The batch could not start": "批量任务未能开始",
    "{done} of {total}": "{done} / {total}",
    "{pace} per hour, {left} left": "每小时 {pace} 张，剩余 {left}",
    "Automatic": "自动",
    "starting": "启动中",
    "building": "构建中",
    "done": "完成",
    "and {more} more": "以及另外 {more} 个",
    # properties
    "View": "视角",
    "Which view of the site the previews show, from 0": "预览显示场地的哪个视角，从 0 开始",
    "Lock Seed": "保持种子",
    "Locked: every preview shows the same site. Unlocked: every preview generates a new one": (
        "锁定：每次预览都显示同一场地。解锁：每次预览都生成新的场地"
    ),
    "Automatic Processes": "自动进程数",
    "Choose the number of Blender processes from this computer's GPU and CPU": (
        "根据本机的 GPU 和处理器选择 Blender 进程数"
    ),
    "Folder": "文件夹",
    "Dataset folder. An unfinished dataset in it can be resumed": ("数据集的文件夹。其中未完成的数据集可以继续"),
    "Default Folder": "默认文件夹",
    "Dataset folder for scenes that do not set their own": "未指定文件夹的场景所用的数据集文件夹",
    "Blender for Renders": "渲染用的 Blender",
    "Blender executable for background rendering. Empty: this Blender": (
        "在后台渲染批量任务和图像的程序。留空则为当前 Blender"
    ),
    "Number of Blender processes in automatic mode. 0: depends on this computer's devices": (
        "自动选择时的 Blender 进程数。0 为根据本机设备决定"
    ),
    "Name": "名称",
    "Name of the preset": "预设的名称",
    "File": "文件",
    "Process": "进程",
    # operators
    "Generate Preview": "生成预览",
    "Invent a site and show it through the drone's camera, in a scene of its own. A site made before is replaced; "
    "nothing of yours is touched": (
        "生成一个场地，并在单独的场景中通过无人机相机显示。先前生成的场地会被替换；不会改动您自己的任何内容"
    ),
    "Remove Site": "移除场地",
    "Remove everything that Generate Preview has created, and return to your scene": (
        "移除“生成预览”所创建的一切，并返回您的场景"
    ),
    "New Seed": "新种子",
    "Pick a random seed": "随机选择另一个种子",
    "Apply Render Settings": "应用渲染设置",
    "Set this scene's Cycles device, samples, noise threshold, denoiser and resolution as a batch has them. This "
    "changes the current scene, and the device in Blender's preferences": (
        "将当前场景的 Cycles 设备、采样数、噪波阈值、降噪器和分辨率设为与批量任务相同。"
        "这会更改当前场景以及 Blender 偏好设置中的设备"
    ),
    "Render Preview": "渲染预览",
    "Render a small image of this site in the background, with the label of every module drawn, and show it in the "
    "image editor": "在后台渲染此场地的一张小图，画出每个组件的标注，并在图像编辑器中显示",
    "Stop Rendering the Preview": "停止渲染预览",
    "Cancel the background render of the preview": "结束预览的后台渲染",
    "Load Settings": "载入设置",
    "Read settings from a JSON file, or from the dataset.json of a batch; what it lacks becomes default": (
        "从 JSON 文件或批量任务的 dataset.json 读取设置；缺少的项使用默认值"
    ),
    "Save Settings": "保存设置",
    "Write all settings to a JSON file, for other scenes and for the command line's --settings": (
        "将所有设置写入 JSON 文件，供其他场景和命令行的 --settings 使用"
    ),
    "Import from sample.json": "从 sample.json 导入",
    "Restore the settings and seed of a dataset image, to generate its site again": (
        "恢复数据集中某张图像的设置和种子；然后即可生成它的场地"
    ),
    "Load Preset": "载入预设",
    "Apply the settings of the preset and keep all others": "设置预设所包含的项，其他设置保持不变",
    "Save as Preset": "保存为预设",
    "Save the current settings as a preset": "将当前设置保存为您自己的预设",
    "Remove Preset": "移除预设",
    "Delete this user preset": "删除您的这个预设",
    "Start Batch": "开始批量任务",
    "Render the dataset in background processes, which continue after Blender is closed": (
        "在后台进程中制作数据集。关闭 Blender 后仍会继续"
    ),
    "Cancel Batch": "取消批量任务",
    "Stop the batch. Finished images are kept; Resume renders the rest": (
        "结束批量任务。已完成的图像会保留，“继续”会制作其余图像"
    ),
    "Resume Batch": "继续批量任务",
    "Render the missing images with the settings of the original batch": ("使用批量任务开始时的设置制作缺少的图像"),
    "Write Formats": "写出格式",
    "Write the selected annotation formats for the finished images. Nothing is rendered again": (
        "为已有的图像制作所选的格式，不会重新渲染任何图像"
    ),
    "Open Folder": "打开文件夹",
    "Show the dataset's folder in the system's file browser": "在系统的文件浏览器中显示数据集文件夹",
    "Open Log": "打开日志",
    "Show the output of the background process": "显示后台进程的输出",
    "Copy Command Line": "复制命令行",
    "Copy the command that renders this dataset without a window, for a terminal or a server": (
        "复制无需 Blender 窗口即可制作此数据集的命令，用于终端或服务器"
    ),
    # reports and reasons
    "Seed {seed}: {tables} tables, {modules} modules": "种子 {seed}：{tables} 个支架，{modules} 个组件",
    "There is no site: use Generate Preview": "没有场地：“生成预览”可以创建一个",
    "Cycles is disabled: enable it in Blender's preferences, under Add-ons": (
        "Cycles 已停用：请在 Blender 偏好设置的“插件”中启用"
    ),
    "An image is being rendered and will be shown when finished": "正在渲染图像：完成后会显示",
    "Rendering in the background": "正在后台渲染",
    "No image is being rendered": "没有正在渲染的图像",
    "Seed {seed} and its settings restored: use Generate Preview": "种子 {seed} 及其设置：“生成预览”会显示该场地",
    "This is not a user preset": "这不是您的预设",
    "Choose a folder for the dataset": "请为数据集选择文件夹",
    "A batch is running in this folder": "此文件夹中有批量任务正在进行",
    "No batch is running in this folder": "此文件夹中没有正在进行的批量任务",
    "Batch stopped: finished images are kept": "批量任务即将结束：已完成的图像会保留",
    "There is no batch in this folder": "此文件夹中没有批量任务",
    "The folder does not exist yet": "文件夹尚不存在",
    "There is no log yet": "尚无日志",
    "Site removed": "场地已移除",
    "The batch render settings have been applied to this scene": "批量任务的设备、质量和尺寸已用于此场景",
    "Rendering stopped": "图像渲染已停止",
    "Settings loaded from {file}": "已从 {file} 载入设置",
    "Settings saved to {file}": "设置已保存到 {file}",
    "Preset {name} loaded": "已载入预设 {name}",
    "Preset {name} saved": "已保存预设 {name}",
    "Preset {name} removed": "已移除预设 {name}",
    "Batch started: it continues after Blender is closed": "批量任务开始：关闭 Blender 后仍会继续",
    "Batch resumed": "批量任务继续进行",
    "Writing the formats": "正在写出格式",
    "Command line copied to the clipboard": "命令行已复制到剪贴板",
}

NOT_ALLOWED = "{} is not allowed: it must be {}."

ERRORS = {
    "Choose a folder for the dataset.": "请为数据集选择文件夹。",
    "No table fits on this site (seed {}): {}": (
        "此场地上放不下任何支架（种子 {}）：地面太陡、太不平或太小。请降低 site.relief 或 site.roughness，提高 "
        "array.max_slope_deg、array.max_roll_deg 或 array.max_post_m，提高 array.design_sun_elevation_deg，"
        "或减少 array.table_columns。"
    ),
    "No place was found from which a drone at camera.altitude_agl_m = {} with camera.gimbal_pitch_deg = {} sees {}": (
        "找不到无人机（camera.altitude_agl_m = {}，camera.gimbal_pitch_deg = {}）能看到支架的位置："
        "请飞得更高、更垂直地向下看，或降低 site.relief。"
    ),
    "light.time_h = {} leaves the sun at {} deg on {} (at latitude {}": (
        "light.time_h = {} 时太阳高度角为 {}°（{}）：请选择太阳足够高的时间 light.time_h。"
    ),
    NOT_ALLOWED: "{} 无效，应为：{}。",
    "{} has its limits reversed: write low..high.": "{} 的上下限颠倒：请写成 低..高。",
    "{} cannot be started ({}).": "无法启动 {}（{}）。",
    "{} cannot be read ({}).": "无法读取 {}（{}）。",
    "{} cannot be written ({}).": "无法写入 {}（{}）。",
    "{} is not writable: choose another folder for the dataset.": "无法写入 {}：请为数据集选择其他文件夹。",
    "{} contains no samples.": "{} 中没有样本。",
    "{} is a file: the dataset needs a folder.": "{} 是文件：数据集需要文件夹。",
    "{} is not JSON ({}).": "{} 不是 JSON（{}）。",
    "{} holds no settings.": "{} 不包含设置。",
    "{} is not the sample.json of an image.": "{} 不是图像的 sample.json。",
    "{} was made with other settings than {} holds.": "{} 所用的设置与 {} 中的不同。",
    "The settings of {} lie in the dataset.json two folders above it, which is not there.": (
        "{} 的设置在其上两级文件夹的 dataset.json 中，但该文件不存在。"
    ),
    '"{}" cannot be the name of a preset.': "“{}”不能作为预设的名称。",
    '"{}" is a preset of Solar Site: choose another name.': "“{}”是内置预设：请选择其他名称。",
    "No batch to resume was found in {}.": "{} 中没有可以继续的批量任务。",
    "Another launcher is running in {}; wait until it finishes.": "另一个启动器正在 {} 中运行：请等待其完成。",
    "{} contains samples made with {}: use the same settings, or choose another folder.": (
        "{} 中的样本是用 {} 制作的：请使用相同的设置，或选择其他文件夹。"
    ),
    "{} is not a Solar Site dataset, and a run would overwrite {}: {}": (
        "{} 不是光伏场地的数据集，其中的 {} 会被覆盖：请为数据集选择其他文件夹，或将其移走。"
    ),
    "{} is in the way, and not Solar Site's to remove: move it away, or choose another folder for the dataset.": (
        "{} 挡住了去路，且不是光伏场地所写：请将其移走，或为数据集选择其他文件夹。"
    ),
    "{} changed while it was being checked: run the same command again.": "{} 在检查时被更改：请重试。",
    "{} cannot be used ({}): fix it, or choose another folder for the dataset.": (
        "无法使用 {}（{}）：请处理此问题，或为数据集选择其他文件夹。"
    ),
    "The operating system reports an error ({}): fix it, then run the same command again.": (
        "操作系统报告错误（{}）：请处理此问题后重试。"
    ),
    "{} cannot be removed ({}).": "无法删除 {}（{}）。",
    '"{}" is a preset of yours already: remove that first, or choose another name.': (
        "您已有名为“{}”的预设：请先将其删除，或选择其他名称。"
    ),
    "The dataset could not be completed ({}). Resume with the same command.": "数据集未能完成（{}）：可以继续。",
    "Internal error in Solar Site ({}); see the log {}": ("光伏场地内部错误（{}）；详情见日志 {}"),
    "Using only the CPU for rendering: no {} device was found.": "仅使用 CPU 渲染：未找到 {} 设备。",
    "Could not enable Intel denoiser: {}": (
        "无法启用 Intel 降噪器：此版本的 Blender 没有 OpenImageDenoise，图像不降噪。"
    ),
    "Could not enable OptiX denoiser: {}": "无法启用 OptiX 降噪器：它需要 OptiX 设备，改用 Intel 降噪器。",
    "Blender ended with {} before the image was there.": "Blender 以 {} 结束，图像未完成。",
    "Blender ended with {} before the batch began.": "Blender 在批量任务开始之前以 {} 结束。",
    "Blender ended with {} before the batch was done.": "Blender 在批量任务完成之前以 {} 结束。",
    "Blender ended twice with {} while rendering this image": "Blender 在渲染此图像时两次以 {} 结束",
    "Blender ended twice with {} before starting this image": "Blender 在开始此图像之前两次以 {} 结束",
    "Blender ended the render without an image; {}": "Blender 结束渲染但没有图像；其消息见日志。",
    "Blender could not write the image as JPEG ({}).": "Blender 无法将图像写为 JPEG（{}）。",
    "Solar Site needs Blender 4.2 or later; {}": "光伏场地需要 Blender 4.2 或更高版本。",
    "No Blender was found: {}": "未找到 Blender：请在偏好设置中指定“渲染用的 Blender”。",
    "{} does not work as a Blender for Solar Site ({}).": "{} 不能作为光伏场地的 Blender 使用（{}）。",
    "{} does not exist.": "{} 不存在。",
    "{} is not an executable program.": "{} 不是可执行程序。",
    "{} cannot be created ({}).": "无法创建 {}（{}）。",
    "{} cannot be read, remove its folder and run again: {}": "无法读取 {}：请删除其文件夹后重新运行。",
    "{} has schema {}, and this version reads schema {}: {}": (
        "{} 的版本为 {}，而此版本读取 {}：请使用制作它的光伏场地版本，或选择其他输出文件夹。"
    ),
    "{}The settings must be a JSON object of setting groups{}": "{}设置必须是由各组构成的 JSON 对象。",
    "{} is not a setting; did you mean {}?": "{} 不是设置项；您是指 {} 吗？",
    "{} is not a setting; see --help for all settings.": "{} 不是设置项。",
    "{} is not allowed: it is too near the calendar's end.": "{} 不被允许：它太接近历法的尽头。",
    "site.elevation_model = {} cannot be read: {}; allowed are {}": (
        "site.elevation_model = {} 无法读取（{}）；允许 GeoTIFF (.tif)、ESRI ASCII 格网 (.asc)、SRTM (.hgt) 和 "
        "numpy（.npy，需设置 site.elevation_cell_m）。"
    ),
    "site.elevation_model = {} is no elevation model that can be used: {}; allowed are {}": (
        "site.elevation_model = {} 不是可用的高程模型（{}）；允许 GeoTIFF (.tif)、ESRI ASCII 格网 (.asc)、"
        "SRTM (.hgt) 和 numpy（.npy，需设置 site.elevation_cell_m）。"
    ),
    "site.elevation_model = {} covers {}: too small for site.size_m = {}; allowed are {}": (
        "site.elevation_model = {} 覆盖 {}：对 site.size_m = {} 来说太小。"
    ),
    "{} cannot be read: {}.": "无法读取 {}：{}。",
    "effects.distortion = {} is too strong for a lens as wide as this camera's: {}": (
        "effects.distortion = {} 对此相机这么宽的镜头来说太强：请取更接近 0 的值，或更长的 camera.focal_length_mm。"
    ),
    "{} objects are in one image, and at most {} can be told apart: fly lower.": (
        "一张图像中有 {} 个对象，最多能区分 {} 个：请飞得更低。"
    ),
    "The object pass holds a number outside 0 to {}, the number of objects.": (
        "对象通道中的编号超出 0 至 {}（对象数）。"
    ),
}
"""Sentences of errors and warnings, with {} for what they name; matched from their beginning."""


def messages() -> dict[str, str]:
    """Return every text of the panel with its translation; what has none stays English."""
    texts = dict(TEXTS)
    settings = [*iter_settings(Settings), *iter_settings(RunSettings)]
    for name in (MIXED, *(choice for setting in settings for choice in setting.spec.choices)):
        texts[choice_label(name)] = CHOICE_LABELS.get(choice_label(name), choice_label(name))
    for setting in settings:
        texts[label(setting)] = _label(setting)
        texts[tooltip(setting)] = _tooltip(setting)
    return texts


def untranslated() -> list[str]:
    """Return the texts of the settings schema that have no translation and are no proper names."""
    settings = [*iter_settings(Settings), *iter_settings(RunSettings)]
    choices = {choice_label(choice) for setting in settings for choice in setting.spec.choices}
    names = NAMES | {choice_label(name) for name in CAMERA_MODELS}
    missing = [name for name in sorted(choices) if name not in CHOICE_LABELS and name not in names]
    for setting in settings:
        spec = setting.spec
        missing += [setting.name] if plain_label(setting) not in SETTING_LABELS else []
        missing += [setting.name] if setting.name not in SETTING_HELP else []
        missing += [spec.zero] if spec.zero and spec.zero not in ZERO else []
        missing += [spec.recommended] if spec.recommended and spec.recommended not in RECOMMENDED else []
    return missing


def error_in_chinese(message: str) -> str:
    """The sentence of an error; as it is where it is not known."""
    for english, chinese in ERRORS.items():
        pattern = "(.*?)".join(re.escape(part) for part in english.split("{}"))
        found = re.fullmatch(pattern, message, re.DOTALL) or (
            None if english.endswith(".") else re.match(pattern, message, re.DOTALL)
        )
        if found and english == NOT_ALLOWED:
            return chinese.format(found[1], allowed_in_chinese(found[2]))
        if found:
            return chinese.format(*found.groups()[: chinese.count("{}")])
    return message


def allowed_in_chinese(words: str) -> str:
    """Return the allowed values in Chinese."""
    for english, chinese in ALLOWED.items():
        words = words.replace(english, chinese)
    return words


def _label(setting: Setting) -> str:
    unit = SHOWN_UNITS.get(setting.spec.unit, setting.spec.unit)
    name = plain_label(setting)
    return SETTING_LABELS.get(name, name) + (f" ({unit})" if unit else "")


def _tooltip(setting: Setting) -> str:
    parts = [SETTING_HELP.get(setting.name, setting.spec.help)]
    if setting.type is Range:
        parts.append("在每张图像内逐个对象取值" if setting.spec.within else "每张图像取值一次")
    if setting.type is Options:
        parts.append(("每张图像从所选项中抽取一个。" if "." in setting.name else "") + "按住 Shift 点击可多选")
    if setting.type in (int, float, Range):
        parts.append(f"允许范围：{allowed_in_chinese(setting.allowed)}")
    if setting.spec.recommended:
        parts.append(f"建议：{RECOMMENDED.get(setting.spec.recommended, setting.spec.recommended)}")
    return "。".join(parts)
