# SPDX-License-Identifier: GPL-3.0-or-later
"""Simplified Chinese. Labels and tooltips of settings are put together as labels.py does it in English."""

from __future__ import annotations

import re

from ...generator.settings.schema import RunSettings, Settings, iter_settings
from ...generator.settings.types import Options, Range, Setting
from ..captions import CHOICES, SHOWN_UNITS, label, plain_label, tooltip

SETTING_LABELS = {
    "Land Side": "地块边长",
    "Relief": "起伏",
    "Roughness": "粗糙度",
    "Greenness": "植被覆盖",
    "One for Each Picture": "每张图片抽取一个",
    "Season": "季节",
    "Soil": "土壤",
    "Array Ground": "阵列地面",
    "Fields": "农田",
    "Orchards": "果园",
    "Gravel": "碎石",
    "Snow": "积雪",
    "Use Clusters": "使用组团",
    "Clusters": "组团数",
    "Cluster Radius": "组团半径",
    "Table Type": "支架类型",
    "Tilt Mode": "倾角方式",
    "Contour Following": "等高线跟随",
    "Misalignment": "安装误差",
    "Incomplete Share": "不完整支架比例",
    "Extension Share": "后期扩建比例",
    "Unfinished Share": "在建支架比例",
    "Posts": "立柱",
    "Elevation Model": "高程模型",
    "Elevation Cell": "高程格网间距",
    "Terraces": "梯田",
    "Terrace Riser": "田坎高度",
    "Roads": "道路",
    "Road Width": "道路宽度",
    "Max Grade": "最大道路纵坡",
    "Road Surface": "路面",
    "Road Growth": "路面长草",
    "Table Columns": "支架列数",
    "Tilt": "倾角",
    "Azimuth Spread": "方位角偏差",
    "Shade-Free": "无遮挡太阳高度",
    "Table Gap": "支架间隙",
    "Clearance": "离地高度",
    "Max Slope": "最大坡度",
    "Max Roll": "最大横坡",
    "Longest Post": "最长立柱",
    "Module Kind": "组件种类",
    "Frame": "边框",
    "Length": "组件长度",
    "Width": "组件宽度",
    "Frame Height": "边框高度",
    "Gap": "间隙",
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
    "Tree Kind": "树种",
    "Stones": "石块",
    "Sun From": "太阳位置来源",
    "Latitude": "纬度",
    "Longitude": "经度",
    "Date": "日期",
    "Clock Time": "当地时间",
    "UTC Offset": "UTC 偏移",
    "Sun Azimuth": "太阳方位角",
    "Sun Elevation": "太阳高度角",
    "Turbidity": "浑浊度",
    "Image Width": "图片宽度",
    "Image Height": "图片高度",
    "Sensor": "传感器宽度",
    "Focal Length": "焦距",
    "Height": "飞行高度",
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
    "Fringes": "色差",
    "Blur": "模糊",
    "Motion": "运动模糊",
    "Motion Angle": "运动方向",
    "Noise": "噪点",
    "Contrast": "对比度",
    "Saturation": "饱和度",
    "Sharpening": "锐化",
    "JPEG Quality": "JPEG 质量",
    "Samples": "采样数",
    "Noise Threshold": "噪波阈值",
    "Denoiser": "降噪器",
    "Also Write Normals": "同时写出法线",
    "Pictures": "图片数",
    "Processes": "进程数",
    "Seed": "种子",
    "Use GPU": "使用 GPU",
    "Device": "设备",
    "Formats": "格式",
}
"""By the label without its unit."""

SETTING_HELP = {
    "site.size_m": "可以布置支架的正方形地块的边长",
    "site.relief": "地形的起伏程度：0 为平地，0.5 为丘陵，1 为陡峭山地",
    "site.roughness": "大地形上小起伏的多少，以及雨水冲出细沟的多少：0 为平滑，1 为崎岖",
    "site.greenness": "被草覆盖的地面比例",
    "site.elevation_model": "真实高程模型的文件（GeoTIFF、ESRI .asc、SRTM .hgt、.npy），代替虚构的山地",
    "site.elevation_cell_m": "高程模型的格网间距，仅用于不含该信息的 .npy 文件",
    "site.terraces": "梯田所占坡地的比例：沿等高线的水平田块",
    "site.terrace_riser_m": "梯田之间田坎的高度",
    "site.roads": "通往阵列或每个组团的整平道路",
    "site.road_width_m": "行车道宽度",
    "site.road_max_grade_percent": "道路的最大纵坡",
    "site.road_surface": "道路的路面",
    "site.road_growth": "草在车辙之间和路边长回来的程度：0 为完全没有",
    "site.presets": "地貌种类，每张图片取其一，由它设定此处仍为默认值的所有项",
    "site.soil": "土壤的颜色",
    "site.fields": "支架周围平缓土地中农田的比例",
    "site.orchards": "农田中成行果树所占的比例",
    "site.array_ground": "支架之间的地面：自然生长、修剪的草坪、碎石、仅支架下方的碎石带，或裸土",
    "site.gravel": "阵列中碎石的颜色",
    "site.snow": "开阔地面被雪覆盖的多少：0 为没有，1 为几乎全部",
    "site.season": "季节，决定树叶和草的颜色以及农田里的作物",
    "layout.use_clusters": "支架分组布置在不同山坡上，每组有自己的方位角，而不是一整片",
    "layout.num_clusters": "使用组团时的组团数量",
    "layout.cluster_radius_m": "组团的半径",
    "layout.table_type": "一个支架上下的组件数：P 为竖排，L 为横排",
    "layout.tilt_mode": "fixed：倾角由 tilt_deg 决定；slope：与下方地面相同，5 到 40 度",
    "layout.contour_following": "各排随地面等高线弯曲的程度：0 为直线",
    "layout.misalignment": "支架偏离直线、倾角和高度的程度：0 为无，1 为通常",
    "layout.incomplete_share": "一端缺少若干列组件的支架比例",
    "layout.extension_share": "后期扩建占组团（或单一场区）的比例：用所列的另一种组件，边框、支架和立柱也可能不同",
    "layout.unfinished_share": "在建支架（只有立柱和檩条）的比例",
    "layout.posts": "支架下立柱的排数；1P 支架总是单排",
    "layout.table_columns": "竖排支架左右并排的组件数；横排支架的长度大致相同",
    "layout.tilt_deg": "支架相对水平面的倾角",
    "layout.azimuth_spread_deg": "支架可以从赤道方向朝坡向偏转的最大角度",
    "layout.design_sun_elevation_deg": "太阳高于此高度角时，支架之间不得互相遮挡",
    "layout.table_gap_m": "同一排相邻支架之间的间隙",
    "layout.ground_clearance_m": "组件下边缘离地面的最小高度",
    "layout.max_slope_deg": "可以布置支架的最大地面坡度",
    "layout.max_roll_deg": "支架沿排方向的最大倾斜",
    "layout.max_post_m": "地面以上最长的立柱",
    "module.kind": "组件种类：mono 为 144 片半片电池，full_black 为 108 片，poly_60 和 poly_72 为相应片数的整片电池",
    "module.frame": "边框的颜色；auto 为该种组件通常的颜色",
    "module.length_m": "组件的长边",
    "module.width_m": "组件的短边",
    "module.thickness_m": "组件边框的高度",
    "module.gap_m": "支架上组件之间的间隙",
    "module.cells_along": "沿长边的电池片数",
    "module.cells_across": "沿短边的电池片数",
    "works.fences": "支架周围的围栏，道路处设有大门",
    "works.transformers": "每 100 个支架的箱式变压器数量，每个组团至少一台；0 为没有",
    "works.substation": "支架旁道路边有平地处建有升压站的概率：0 为没有，1 为总有",
    "works.inverters": "每 100 个支架后方的组串式逆变器或汇流箱数量；0 为没有",
    "works.cable_trays": "部分支架排后方的电缆桥架",
    "works.masts": "避雷针和气象杆的数量",
    "works.buildings": "支架周围的房屋和彩钢棚的数量",
    "works.greenhouses": "支架周围的塑料大棚和玻璃温室的数量",
    "works.ponds": "支架周围的防渗水池和水罐的数量",
    "works.vehicles": "支架之间的皮卡、面包车和挖掘机的数量",
    "works.materials": "支架之间的篷布、集装箱和未拆封组件堆的数量",
    "module.soiling": "组件上的灰尘：0 为无，1 为结块",
    "module.stain_share": "有污渍的组件比例",
    "module.droppings_share": "有鸟粪的组件比例",
    "module.leaves_share": "有落叶的组件比例",
    "module.snow_share": "有残雪的组件比例",
    "module.cracked_share": "玻璃破碎的组件比例",
    "module.hot_spot_share": "有烧灼电池片的组件比例",
    "module.missing_share": "缺失的组件比例",
    "plants.grass": "长草处草丛的密度：0 为没有，1 为草甸",
    "plants.grass_height_m": "草丛的平均高度",
    "plants.weeds": "杂草的多少，包括组件下边缘处：0 为没有，1 为杂草丛生",
    "plants.shrubs": "灌木的多少：0 为没有，1 为灌木林",
    "plants.trees": "支架以外的土地中林地的比例：0 为没有，1 为全部",
    "plants.tree_kind": "树木的种类",
    "plants.stones": "石块和巨石的多少：0 为没有，1 为遍地都是",
    "light.source": "太阳位置的来源：地点、日期和时间，或角度",
    "light.latitude_deg": "纬度，北纬为正",
    "light.longitude_deg": "经度，东经为正",
    "light.date": "日期，格式为 YYYY-MM-DD",
    "light.time_h": "当地钟表时间",
    "light.utc_offset_h": "当地时间相对 UTC 的偏移",
    "light.sun_azimuth_deg": "太阳方位角，从北顺时针，来源为角度时有效",
    "light.sun_elevation_deg": "太阳在地平线以上的高度角，来源为角度时有效",
    "light.turbidity": "空气的浑浊程度：2 为非常清澈，8 为雾霾；雾霾天气加倍",
    "light.weather": "每张图片使用其中一种天气",
    "light.visibility_km": "空气中能看多远；雾霾天气为其八分之一",
    "light.cloud_cover": "云影天气中被云覆盖的天空比例",
    "camera.model": "每张图片使用其中一个相机；自定义相机采用此处给出的传感器和镜头",
    "camera.width_px": "图片宽度",
    "camera.height_px": "图片高度",
    "camera.sensor_width_mm": "自定义相机传感器的宽度；像素为正方形",
    "camera.focal_length_mm": "自定义相机的焦距",
    "camera.altitude_agl_m": "无人机距其正下方地面的高度",
    "camera.gimbal_pitch_deg": "云台的俯仰角：-90 为垂直向下",
    "camera.heading_mode": "无人机航向的依据：自由（按航向），或所看支架的排",
    "camera.heading_deg": "无人机的朝向，从北顺时针，航向方式为自由时有效",
    "effects.distortion": "镜头的径向畸变（Brown 的 k1）：小于 0 为桶形，大于 0 为枕形；标注随之变化",
    "effects.exposure_error_ev": "自动曝光的误差，大于 0 为过亮",
    "effects.warmth": "白平衡的误差，大于 0 偏红，小于 0 偏蓝",
    "effects.tint": "白平衡的误差，大于 0 偏紫，小于 0 偏绿",
    "effects.vignetting": "图片四角损失的光的比例",
    "effects.chromatic_aberration_px": "彩色边缘：四角处红色和蓝色相对绿色的偏移",
    "effects.blur_px": "镜头的模糊，以高斯函数的标准差表示",
    "effects.motion_px": "曝光期间画面移动的距离",
    "effects.motion_direction_deg": "该移动的方向，从画面右侧逆时针",
    "effects.noise": "中灰的噪声占其亮度的比例；亮部和暗部的噪声随之而定",
    "effects.contrast": "相机画面风格的对比度：小于 0 为平淡，大于 0 为强烈",
    "effects.saturation": "相机画面风格的饱和度：-1 为灰度，大于 0 为鲜艳",
    "effects.sharpening": "相机锐化的强度",
    "effects.jpeg_quality": "JPEG 图片 (rgb.jpg) 的质量，通常为 85 到 95；0 为无损的 rgb.png",
    "render.max_samples": "每个像素的最大采样数",
    "render.noise_threshold": "像素在达到最大采样数之前即可停止的噪波水平",
    "render.denoiser": "降噪器：INTEL 为 OpenImageDenoise，OPTIX 需要 NVIDIA GPU",
    "render.normals": "同时写出 normals.exr",
    "num_images": "数据集中的图片数量",
    "num_parallel": "Blender 进程的数量",
    "seed": "第一张图片的种子；第 i 张图片的种子为此值加 i",
    "use_gpu": "有 GPU 时用 GPU 渲染",
    "device": "渲染设备；自动选择实际存在的最佳设备",
    "formats": "样本文件夹之外的标注格式，供检测器读取",
}
"""By the setting's dotted name."""

ZERO = {"the camera's own": "相机自身的尺寸", "what the kind has": "该种组件自身的值"}
"""What 0 stands for."""

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
    "As the Ground": "随地面",
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
    "Grey": "灰",
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
    "Conifers": "针叶",
    "Without Leaves": "无叶",
}
"""The other choices are names, the same in every language."""

TEXTS = {
    # panels
    "Solar Site": "光伏场地",
    "Site": "场地",
    "Land": "地块",
    "Tables": "支架",
    "Plants and Stones": "植物与石块",
    "Modules": "组件",
    "Works": "附属设施",
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
    "Ground Sampling": "地面分辨率",
    "Footprint": "覆盖范围",
    "Modules in View": "视野内组件",
    "{low:.2f} to {high:.2f} cm": "{low:.2f} 至 {high:.2f} cm",
    "{low:.0f} to {high:.0f} m wide": "宽 {low:.0f} 至 {high:.0f} m",
    "{low:.0f} to {high:.0f} m": "{low:.0f} 至 {high:.0f} m",
    "not known yet": "尚不清楚",
    "The preview shows these settings": "预览与当前设置一致",
    "Pictures of {width} x {height}": "图片尺寸 {width} x {height}",
    "Settings changed since this preview": "设置在此预览之后已更改",
    "0: what the module kind has": "0：该种组件自身的值",
    "The camera's own: {width} x {height}": "相机自身的尺寸：{width} x {height}",
    "Each camera's own, up to {width} x {height}": "各相机自身的尺寸，最大 {width} x {height}",
    "{height:.0f} m, {pitch:.0f}°, {heading:.0f}°": "{height:.0f} m，{pitch:.0f}°，{heading:.0f}°",
    "{gsd:.2f} cm a pixel": "{gsd:.2f} cm/像素",
    "{width:.0f} x {height:.0f} m": "{width:.0f} x {height:.0f} m",
    "{seen} of {all}": "{seen}，共 {all}",
    "No whole module is in view: fly higher or look down more steeply.": (
        "视野内没有完整的组件：请飞得更高或更垂直地向下看。"
    ),
    "Looking for devices": "正在查找设备",
    "Roughly {time} for a picture": "每张图片大约 {time}",
    "Rendering for {seconds:.0f} s": "已渲染 {seconds:.0f} 秒",
    "Folder of the dataset": "数据集文件夹",
    "Start": "开始",
    "Cancel": "取消",
    "Resume": "继续",
    "About {needed} are needed and {free} are free on this disk.": "大约需要 {needed}，此磁盘剩余 {free}。",
    "Looking at Blender and the first site": "正在检查 Blender 和第一个场地",
    "At work": "进行中",
    "All pictures are there": "所有图片均已完成",
    "Ended before all pictures were there": "在所有图片完成之前已结束",
    "Some pictures could not be made": "有些图片未能生成",
    "The batch could not begin": "批量任务未能开始",
    "{done} of {total}": "{done} / {total}",
    "{pace} an hour, {left} left": "每小时 {pace} 张，剩余 {left}",
    "Automatic": "自动",
    "starting": "启动中",
    "building": "构建中",
    "done": "完成",
    "and {more} more": "以及另外 {more} 个",
    # properties
    "Keep the Seed": "保持种子",
    "Locked: every preview shows the same site. Open: every preview invents a new one": (
        "锁定：每次预览都显示同一场地。解锁：每次预览都生成新的场地"
    ),
    "Automatic Processes": "自动进程数",
    "Choose the number of Blender processes by this computer's GPU and processor": (
        "根据本机的 GPU 和处理器选择 Blender 进程数"
    ),
    "Folder": "文件夹",
    "Folder of the dataset. An unfinished dataset that lies there can be resumed": (
        "数据集的文件夹。其中未完成的数据集可以继续"
    ),
    "Default Folder": "默认文件夹",
    "Folder of datasets for scenes that name none of their own": "未指定文件夹的场景所用的数据集文件夹",
    "Blender for Renders": "渲染用的 Blender",
    "Program that renders batches and pictures in the background. Empty: this Blender": (
        "在后台渲染批量任务和图片的程序。留空则为当前 Blender"
    ),
    "Number of Blender processes where it is chosen automatically. 0: by this computer's devices": (
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
    "Remove everything that Generate Preview has made, and go back to your scene": (
        "移除“生成预览”所创建的一切，并返回您的场景"
    ),
    "New Seed": "新种子",
    "Throw the dice for another seed": "随机选择另一个种子",
    "Apply Render Settings": "应用渲染设置",
    "Set this scene's Cycles device, samples, noise threshold, denoiser and resolution as a batch has them. This "
    "changes the current scene, and the device in Blender's preferences": (
        "将当前场景的 Cycles 设备、采样数、噪波阈值、降噪器和分辨率设为与批量任务相同。"
        "这会更改当前场景以及 Blender 偏好设置中的设备"
    ),
    "Render Preview": "渲染预览",
    "Render a small picture of this site in the background, with the label of every module drawn, and show it in the "
    "image editor": "在后台渲染此场地的一张小图，画出每个组件的标签，并在图像编辑器中显示",
    "Stop Rendering the Preview": "停止渲染预览",
    "End the background render of the preview": "结束预览的后台渲染",
    "Load Settings": "载入设置",
    "Read settings from a JSON file, or from the dataset.json of a batch; what it lacks becomes default": (
        "从 JSON 文件或批量任务的 dataset.json 读取设置；缺少的项使用默认值"
    ),
    "Save Settings": "保存设置",
    "Write all settings to a JSON file, for other scenes and for the command line's --settings": (
        "将所有设置写入 JSON 文件，供其他场景和命令行的 --settings 使用"
    ),
    "Import from sample.json": "从 sample.json 导入",
    "Bring back the settings and the seed of a picture of a dataset; then generate its site": (
        "恢复数据集中某张图片的设置和种子；然后即可生成它的场地"
    ),
    "Load Preset": "载入预设",
    "Set what the preset holds, and leave all other settings alone": "设置预设所包含的项，其他设置保持不变",
    "Save as Preset": "保存为预设",
    "Keep the current settings as a preset of your own": "将当前设置保存为您自己的预设",
    "Remove Preset": "移除预设",
    "Delete this preset of yours": "删除您的这个预设",
    "Start Batch": "开始批量任务",
    "Make the dataset in background processes. They go on when Blender is closed": (
        "在后台进程中制作数据集。关闭 Blender 后仍会继续"
    ),
    "Cancel Batch": "取消批量任务",
    "End the batch. Whole pictures stay, and Resume makes the others": (
        "结束批量任务。已完成的图片会保留，“继续”会制作其余图片"
    ),
    "Resume Batch": "继续批量任务",
    "Make the pictures that are missing, with the settings that the batch was started with": (
        "使用批量任务开始时的设置制作缺少的图片"
    ),
    "Write Formats": "写出格式",
    "Make the chosen formats of the pictures that are there. No picture is rendered again": (
        "为已有的图片制作所选的格式，不会重新渲染任何图片"
    ),
    "Open Folder": "打开文件夹",
    "Show the dataset's folder in the system's file browser": "在系统的文件浏览器中显示数据集文件夹",
    "Open Log": "打开日志",
    "Show what the background process has printed": "显示后台进程的输出",
    "Copy Command Line": "复制命令行",
    "Copy the command that makes this dataset without Blender's window, for a terminal or a server": (
        "复制无需 Blender 窗口即可制作此数据集的命令，用于终端或服务器"
    ),
    # reports and reasons
    "Seed {seed}: {tables} tables, {modules} modules": "种子 {seed}：{tables} 个支架，{modules} 个组件",
    "There is no site: Generate Preview makes one": "没有场地：“生成预览”可以创建一个",
    "Cycles is switched off: switch it on in Blender's preferences, under Add-ons": (
        "Cycles 已停用：请在 Blender 偏好设置的“插件”中启用"
    ),
    "A picture is being rendered: it will be shown when it is there": "正在渲染图片：完成后会显示",
    "Rendering in the background": "正在后台渲染",
    "No picture is being rendered": "没有正在渲染的图片",
    "Seed {seed} with its settings: Generate Preview shows the site": "种子 {seed} 及其设置：“生成预览”会显示该场地",
    "That is no preset of yours": "这不是您的预设",
    "Choose a folder for the dataset": "请为数据集选择文件夹",
    "A batch is at work in this folder": "此文件夹中有批量任务正在进行",
    "No batch is at work in this folder": "此文件夹中没有正在进行的批量任务",
    "The batch ends: whole pictures stay": "批量任务即将结束：已完成的图片会保留",
    "There is no batch in this folder": "此文件夹中没有批量任务",
    "The folder is not there yet": "文件夹尚不存在",
    "There is no log yet": "尚无日志",
    "The site is gone": "场地已移除",
    "The device, quality and size of a batch are in this scene": "批量任务的设备、质量和尺寸已用于此场景",
    "The picture was stopped": "图片渲染已停止",
    "Settings loaded from {file}": "已从 {file} 载入设置",
    "Settings saved to {file}": "设置已保存到 {file}",
    "Preset {name} loaded": "已载入预设 {name}",
    "Preset {name} saved": "已保存预设 {name}",
    "Preset {name} removed": "已移除预设 {name}",
    "The batch begins: it goes on when Blender is closed": "批量任务开始：关闭 Blender 后仍会继续",
    "The batch goes on": "批量任务继续进行",
    "The formats are being written": "正在写出格式",
    "The command line is in the clipboard": "命令行已复制到剪贴板",
}

ERRORS = {
    "Choose a folder for the dataset.": "请为数据集选择文件夹。",
    "No table fits on this site (seed {}): {}": (
        "此场地上放不下任何支架（种子 {}）：地面太陡、太不平或太小。请降低 site.relief 或 site.roughness，提高 "
        "layout.max_slope_deg、layout.max_roll_deg 或 layout.max_post_m，提高 layout.design_sun_elevation_deg，"
        "或减少 layout.table_columns。"
    ),
    "No place was found from which a drone at camera.altitude_agl_m = {} with camera.gimbal_pitch_deg = {} sees {}": (
        "找不到无人机（camera.altitude_agl_m = {}，camera.gimbal_pitch_deg = {}）能看到支架的位置："
        "请飞得更高、更垂直地向下看，或降低 site.relief。"
    ),
    "light.time_h = {} leaves the sun at {} deg on {} (at latitude {}": (
        "light.time_h = {} 时太阳高度角为 {}°（{}）：请选择太阳足够高的时间 light.time_h。"
    ),
    "{} is not allowed: it must be {}.": "{} 不被允许：必须是 {}。",
    "{} has its bounds the wrong way round: write low..high.": "{} 的上下限颠倒：请写成 低..高。",
    "{} cannot be started ({}).": "无法启动 {}（{}）。",
    "{} cannot be read ({}).": "无法读取 {}（{}）。",
    "{} cannot be written ({}).": "无法写入 {}（{}）。",
    "{} cannot be written to: choose another folder for the dataset.": "无法写入 {}：请为数据集选择其他文件夹。",
    "{} holds no samples.": "{} 中没有样本。",
    "{} is a file: the dataset needs a folder.": "{} 是文件：数据集需要文件夹。",
    "{} is not JSON ({}).": "{} 不是 JSON（{}）。",
    "{} holds no settings.": "{} 不包含设置。",
    "{} is not the sample.json of a picture.": "{} 不是图片的 sample.json。",
    "{} was made with other settings than {} holds.": "{} 所用的设置与 {} 中的不同。",
    "The settings of {} lie in the dataset.json two folders above it, which is not there.": (
        "{} 的设置在其上两级文件夹的 dataset.json 中，但该文件不存在。"
    ),
    '"{}" cannot be the name of a preset.': "“{}”不能作为预设的名称。",
    '"{}" is a preset of Solar Site: choose another name.': "“{}”是内置预设：请选择其他名称。",
    "No batch that could be resumed was found in {}.": "{} 中没有可以继续的批量任务。",
    "Another run is at work in {}: wait for its end.": "{} 中有另一个任务正在进行：请等待其结束。",
    "{} holds samples made with {}: take the same again, or another folder.": (
        "{} 中的样本是用 {} 制作的：请使用相同的设置，或选择其他文件夹。"
    ),
    "Using only the CPU for rendering: no {} device was found.": "仅使用 CPU 渲染：未找到 {} 设备。",
    "Could not enable Intel denoiser: {}": (
        "无法启用 Intel 降噪器：此版本的 Blender 没有 OpenImageDenoise，图片不降噪。"
    ),
    "Could not enable OptiX denoiser: {}": "无法启用 OptiX 降噪器：它需要 OptiX 设备，改用 Intel 降噪器。",
    "Blender ended with {} before the picture was there.": "Blender 以 {} 结束，图片未完成。",
    "Blender ended with {} before the batch began.": "Blender 在批量任务开始之前以 {} 结束。",
    "Blender ended with {}, twice, while it made this picture": "Blender 在制作此图片时两次以 {} 结束",
    "Blender ended with {}, twice, before it made this picture": "Blender 在制作此图片之前两次以 {} 结束",
    "Blender ended the render without a picture; {}": "Blender 结束渲染但没有图片；其消息见日志。",
    "Blender could not write the picture as JPEG ({}).": "Blender 无法将图片写为 JPEG（{}）。",
    "Solar Site needs Blender 4.2 or later; {}": "光伏场地需要 Blender 4.2 或更高版本。",
    "No Blender was found: {}": "未找到 Blender：请在偏好设置中指定“渲染用的 Blender”。",
    "{} does not work as a Blender for Solar Site ({}).": "{} 不能作为光伏场地的 Blender 使用（{}）。",
    "{} does not exist.": "{} 不存在。",
    "{} is not a program that can be started.": "{} 不是可以启动的程序。",
    "{} cannot be made ({}).": "无法创建 {}（{}）。",
    "{} cannot be read, remove its folder and run again: {}": "无法读取 {}：请删除其文件夹后重新运行。",
    "{}settings must be a JSON object of groups{}": "{}设置必须是由各组构成的 JSON 对象。",
    "{} is not a setting; did you mean {}?": "{} 不是设置项；您是指 {} 吗？",
    "{} is not a setting; --help lists them all.": "{} 不是设置项。",
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
    "{} modules are in one picture, and at most {} can be told apart: fly lower.": (
        "一张图片中有 {} 个组件，最多能区分 {} 个：请飞得更低。"
    ),
}
"""Sentences of errors and warnings, with {} for what they name; matched from their beginning."""


def messages() -> dict[str, str]:
    """Every text of the panel with its translation."""
    texts = {**TEXTS, **{name: CHOICE_LABELS.get(name, name) for name in CHOICES.values()}}
    for setting in (*iter_settings(Settings), *iter_settings(RunSettings)):
        texts[label(setting)] = _label(setting)
        texts[tooltip(setting)] = _tooltip(setting)
    return texts


def error_in_chinese(message: str) -> str:
    """The sentence of an error; as it is where it is not known."""
    for english, chinese in ERRORS.items():
        pattern = "(.*?)".join(re.escape(part) for part in english.split("{}"))
        found = re.fullmatch(pattern, message, re.DOTALL) or (
            None if english.endswith(".") else re.match(pattern, message, re.DOTALL)
        )
        if found:
            return chinese.format(*found.groups()[: chinese.count("{}")])
    return message


def _label(setting: Setting) -> str:
    unit = SHOWN_UNITS.get(setting.spec.unit, setting.spec.unit)
    return SETTING_LABELS[plain_label(setting)] + (f" ({unit})" if unit else "")


def _allowed(setting: Setting) -> str:
    bounds, _, zero = setting.allowed.partition(", or 0: ")
    return bounds.replace(" to ", " 到 ") + (f"，0 为{ZERO[zero]}" if zero else "")


def _tooltip(setting: Setting) -> str:
    parts = [SETTING_HELP[setting.name]]
    if setting.type is Range:
        parts.append("在每张图片内于两个值之间取值" if setting.spec.within else "每张图片在两个值之间取值")
    if setting.type is Options:
        parts.append(("每张图片从所选项中抽取一个；" if "." in setting.name else "") + "按住 Shift 可多选")
    if setting.type in (int, float, Range):
        parts.append(f"允许范围：{_allowed(setting)}")
    if setting.spec.recommended:
        parts.append(f"建议：{RECOMMENDED[setting.spec.recommended]}")
    return "。".join(parts)
