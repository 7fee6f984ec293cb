# SPDX-License-Identifier: GPL-3.0-or-later
"""Simplified Chinese, by English text or template; what is missing stays English."""

from __future__ import annotations

LOCALE = "zh_HANS"
"""Blender's name for the language."""

NAMES = {
    "Blender",
    "GPU",
    "1P",
    "2P",
    "3L",
    "4L",
    "Apache 2.0",
    "CC BY 4.0",
    "CC BY-NC 4.0",
    "CC BY-NC-SA 4.0",
    "CC BY-SA 4.0",
    "CC0 1.0",
    "COCO",
    "CPU",
    "CUDA",
    "HIP",
    "Intel (OIDN)",
    "MIT",
    "Metal",
    "ODbL",
    "OptiX",
    "YOLO Detect",
    "YOLO OBB",
    "YOLO Pose",
    "Pascal VOC",
    "YOLO Segment",
    "oneAPI",
}
"""Texts that are the same in every language; so are the names of cameras."""

TEXTS = {
    # Labels of settings, without their units
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
    "Tables In Line": "成直线的支架数",
    "One String Share": "单串支架占比",
    "Incomplete Share": "不完整支架比例",
    "Extension Share": "扩建比例",
    "Work Progress": "施工进度",
    "Progress Spread": "施工铺展",
    "Piles": "桩",
    "Main Piles": "主要桩型",
    "Main Piles Share": "主要桩型比例",
    "Posts": "立柱",
    "Machines": "施工机械",
    "Pile Box": "桩的边界框",
    "Shaft": "整桩",
    "Head": "桩头",
    "Supplies": "施工物料",
    "Lookalikes": "形似桩的物体",
    "Workers": "人员",
    "Elevation Model": "高程模型",
    "Elevation Unit": "高程单位",
    "Orthophoto": "正射影像",
    "Ground Images": "地面图像",
    "Texture Share": "纹理占比",
    "Texture Size": "纹理尺寸",
    "Place": "位置",
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
    "Row Gap": "排间缝隙",
    "Frame Wear": "边框老化",
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
    "Aim": "飞行目标",
    "Built": "已建成",
    "Planned": "规划",
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
    "Looks": "成像风格",
    "Levels": "色阶",
    "Local Contrast": "局部对比度",
    "Contrast": "对比度",
    "Saturation": "饱和度",
    "Sharpening": "锐化",
    "Halo Radius": "锐化半径",
    "Demosaicing": "去马赛克",
    "Bilinear": "双线性",
    "Malvar": "Malvar",
    "Resampling": "重采样",
    "Reduction": "缩小倍数",
    "JPEG Quality": "JPEG 质量",
    "Quality": "质量",
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
    "Hang Timeout": "无响应时间",
    "Hang Factor": "无响应倍数",
    "Disk Wait": "等待磁盘的时间",
    "Retry Failed": "重试失败的图像",
    "Recovery": "故障恢复",
    "Classes": "类别",
    "Min Visible Area": "最小可见面积",
    "Min Visible Fraction": "最小可见比例",
    "Split": "划分",
    "License": "许可证",
    "Unknown": "未说明",
    "No-Shade Sun": "无遮挡太阳高度角",
    # Help texts of settings
    "Side length of the square site area in which tables can be placed": "可布置支架的正方形场区的边长",
    "Terrain relief: 0 is flat, 0.5 hilly, 1 steep mountains": "地形起伏：0 为平地，0.5 为丘陵，1 为陡峭山地",
    "Small-scale terrain roughness and density of erosion rills: 0 is smooth, 1 rugged": (
        "小尺度地形粗糙度及侵蚀细沟的密度：0 为平滑，1 为崎岖"
    ),
    "Share of the ground covered by grass": "草地覆盖的地面比例",
    "Digital elevation model file to use instead of procedural terrain (GeoTIFF, .asc, .hgt, .xyz, .npy; others with "
    "GDAL: docs/terrain.md)": (
        "数字高程模型文件，用以代替程序生成的地形（GeoTIFF、.asc、.hgt、.xyz、.npy；其他格式需 GDAL：docs/terrain.md）"
    ),
    "Unit of the heights in the elevation model; auto takes the unit that the file states, or meters": (
        "高程模型中高程的单位；auto 采用文件注明的单位，未注明则为米"
    ),
    "Place of the site on the elevation model: center, longitude and latitude in degrees (13.05,47.32), or drawn for "
    "each site where slope and aspect suit tables": (
        "站点在高程模型上的位置：center（中心）、以度为单位的经度和纬度（13.05,47.32），或 drawn（为每个站点在"
        "坡度和坡向适合支架之处抽取）"
    ),
    "Cell size of the elevation model; used only for .npy files, which store none": (
        "高程模型的格网间距，仅用于不含该信息的 .npy 文件"
    ),
    "Georeferenced image (GeoTIFF, or PNG or JPEG with a world file) that colors the land of the elevation model "
    "around the array and the roads": (
        "带地理参考的图像（GeoTIFF，或带世界文件的 PNG 或 JPEG），为阵列和道路周围的高程模型地面着色"
    ),
    "Share of the slopes shaped into agricultural terraces along the contours": "沿等高线修成梯田的坡地比例",
    "Height difference between one terrace and the next": "相邻两级梯田的高差",
    "Build graded service roads to the array, or to every cluster": "修建通往阵列或各组团的整平检修道路",
    "Carriageway width": "行车道宽度",
    "Maximum longitudinal road grade": "道路最大纵坡",
    "Road surface material": "路面材料",
    "Grass growing on the road, between the wheel tracks and along the edges: 0 is none": (
        "车辙之间及路缘的长草程度：0 为无"
    ),
    "Landscape presets; one is drawn per site and fills in every setting left at its default": (
        "地貌预设；每个场地抽取一个，用于填充所有仍为默认值的设置"
    ),
    "Season; determines leaf and grass color and the state of the crops": "季节，决定树叶和草的颜色以及作物状态",
    "Color of the bare ground between grass and stones": "草与石块之间裸露地面的颜色",
    "Share of the gently sloping land around the array that is cropland": "阵列周围缓坡土地中耕地的比例",
    "Share of the cropland planted as orchards": "耕地中果园的比例",
    "Ground cover within the array; gravel_strips lays gravel under the tables only": (
        "阵列内的地面覆盖；gravel_strips 仅在支架下方铺设碎石"
    ),
    "Color of the gravel within the array": "阵列内碎石的颜色",
    "Folder of tileable textures (color, normal, roughness, height) that replace the invented ground by kind: grass, "
    "soil, gravel, rock, path, tracks": (
        "可平铺纹理（颜色、法线、粗糙度、高度）的文件夹，按种类替代程序生成的地面：草地（grass）、土壤（soil）、碎石"
        "（gravel）、岩石（rock）、小路（path）、车辙（tracks）"
    ),
    "Share of ground_images in the look of the ground: 0 is the invented ground only": (
        "ground_images 在地面外观中的占比：0 为仅使用程序生成的地面"
    ),
    "Side length on the ground of textures in ground_images whose names do not state it (4m)": (
        "ground_images 中名称未注明尺寸（如 4m）的纹理在地面上的边长"
    ),
    "Snow cover of open ground: 0 is none, 1 nearly complete": "开阔地面的积雪覆盖：0 为无，1 为几乎全部覆盖",
    "Place the tables in clusters on separate hillsides, each with its own azimuth, not as one array": (
        "将支架布置为不同山坡上的多个组团，各有自己的方位角，而不是一个连续阵列"
    ),
    "Number of clusters if use_clusters is on": "启用 use_clusters 时的组团数量",
    "Distance from the center of a cluster within which its tables stand": "组团的支架到组团中心的最大距离",
    "Module rows per table and their orientation: P is portrait, L landscape": (
        "每个支架的组件排数及朝向：P 为竖排，L 为横排"
    ),
    "Rows of posts per table; 1P tables always stand on a single row": "每个支架的立柱排数；1P 支架始终为单排",
    "Module columns of a portrait table; landscape tables get about the same length": (
        "竖排支架的组件列数；横排支架的长度与之相近"
    ),
    "Share of the fields or clusters whose tables have 13 or 14 columns, one string of a 2P table, whatever "
    "table_columns says": "支架为 13 或 14 列（2P 支架的一个组串）的阵列或组团占比，不受 table_columns 影响",
    "Table tilt from horizontal": "支架相对水平面的倾角",
    "Tilt control: fixed uses tilt_deg; slope follows the ground, limited to 5 to 40 deg": (
        "倾角方式：fixed 采用 tilt_deg；slope 随地面坡度，限制在 5 到 40 度"
    ),
    "Maximum deviation of the table azimuth from the equator direction toward the slope aspect": (
        "支架方位角由正对赤道方向向坡向偏转的最大角度"
    ),
    "How closely the rows follow the contour lines: 0 keeps them straight": "各排沿等高线布置的程度：0 为直线",
    "Adjacent tables of a row that stand in one straight line; 1 lets each of them follow the ground": (
        "同排中位于同一直线上的相邻支架数；1 表示每个支架各自随地形布置"
    ),
    "Installation tolerance in position, azimuth, tilt, roll and height: 0 is perfect, 1 typical": (
        "位置、方位角、倾角、横坡和高度的安装误差：0 为无误差，1 为典型值"
    ),
    "Share of tables with missing columns at one end": "一端缺少若干列组件的支架比例",
    "Share of the array, or of the clusters, added in a later phase with a different module type and possibly "
    "different frames, tables or posts, drawn from module.kind, module.frame, array.table_type and array.posts": (
        "后期扩建部分占阵列（或组团）的比例；采用不同类型的组件，边框、支架和立柱也可能不同，从 module.kind、"
        "module.frame、array.table_type 和 array.posts 中抽取"
    ),
    "Construction progress: 0 is cleared ground, 0.2 mostly piles, 0.5 all stages, 0.8 mostly modules, 1 complete": (
        "施工进度：0 为已清表场地，0.2 以桩为主，0.5 各阶段并存，0.8 以组件为主，1 为全部完工"
    ),
    "Share of the tables that are under construction at the same time, from the first pile to the last module": (
        "同时处于施工中的支架比例（从第一根桩到最后一块组件）"
    ),
    "Foundation of the tables: driven steel sections, helical steel piles with a flange, cast micropiles, or "
    "concrete pipe piles (PHC)": "支架基础：打入式型钢桩、带法兰的螺旋钢桩、灌注微型桩或预应力混凝土管桩（PHC）",
    "The kind of array.piles that main_piles_share of the sites have; none makes all kinds equally frequent": (
        "array.piles 中占 main_piles_share 比例场地的主要桩型；none 表示各桩型机会均等"
    ),
    "Share of the sites that have the kind main_piles; the others have the other kinds of array.piles": (
        "采用 main_piles 桩型的场地比例；其余场地采用 array.piles 中的其他桩型"
    ),
    "Sun elevation down to which no table shades the row behind it; sets the row pitch": (
        "设计太阳高度角：不低于此高度角时前后排互不遮挡；由此确定排间距"
    ),
    "Gap between adjacent tables of a row": "同一排相邻支架之间的间隙",
    "Minimum clearance between the lower module edge and the ground": "组件下边缘的最小离地高度",
    "Maximum ground slope under a table": "支架下方地面的最大坡度",
    "Maximum inclination of a table along its row": "支架沿排方向的最大倾斜角",
    "Maximum post length above ground": "地面以上立柱的最大长度",
    "Module type: mono and bifacial have 144 half-cut cells, full_black 108; mono_60, mono_72, poly_60 and poly_72 "
    "have full cells; thin_film is frameless CdTe, thin_film_large framed CdTe": (
        "组件类型：mono 和 bifacial 为 144 片半片电池，full_black 为 108 片；"
        "mono_60、mono_72、poly_60 和 poly_72 为整片电池；"
        "thin_film 为无框碲化镉，thin_film_large 为有框碲化镉"
    ),
    "Frame color; auto uses the usual one of the module type": "边框颜色；auto 为该组件类型常见的颜色",
    "Longer side of a module, with its frame": "组件长边的长度，含边框",
    "Shorter side of a module, with its frame": "组件短边的长度，含边框",
    "Distance from the back of the frame to the glass": "边框背面到玻璃的距离",
    "Gap between adjacent modules of a row, which are clamped there": "同一排相邻组件之间的间隙，压块安装于此",
    "Gap between the rows of modules of a table": "同一支架上各排组件之间的间隙",
    "Wear of the frames: 0 is new and bright, 1 dull": "边框老化程度：0 为崭新光亮，1 为暗淡",
    "Cells along the long side": "沿长边的电池片数",
    "Cells along the short side": "沿短边的电池片数",
    "Dust on the modules: 0 is clean, 1 caked": "组件表面积灰：0 为清洁，1 为结垢",
    "Share of modules with stains": "有污渍的组件比例",
    "Share of modules with bird droppings": "有鸟粪的组件比例",
    "Share of modules with fallen leaves": "有落叶的组件比例",
    "Share of modules partly covered by snow": "部分被积雪覆盖的组件比例",
    "Share of modules with shattered glass": "玻璃碎裂的组件比例",
    "Share of modules with burn marks from hot spots": "有热斑烧痕的组件比例",
    "Share of module positions left empty": "未安装组件的位置比例",
    "Fence the array, with gates where roads pass": "在阵列周围设置围栏，道路通过处设大门",
    "Box-type transformers per 100 tables, at least one per cluster; 0 places none": (
        "每 100 个支架的箱式变压器数量，每个组团至少一台；0 为不设置"
    ),
    "Probability of a substation on level ground beside a road": "在道路旁平整场地上建有升压站的概率",
    "String inverters or combiner boxes per 100 tables, mounted behind the tables; 0 places none": (
        "每 100 个支架的组串式逆变器或汇流箱数量，安装于支架后方；0 为不设置"
    ),
    "Run cable trays behind some of the rows": "在部分支架排后方敷设电缆桥架",
    "Number of lightning rods and weather masts": "避雷针和气象站的数量",
    "Number of houses and metal sheds around the array": "阵列周围的房屋和彩钢棚数量",
    "Number of polytunnels and glasshouses around the array": "阵列周围的塑料大棚和玻璃温室数量",
    "Number of lined ponds and water tanks around the array": "阵列周围的防渗水池和水罐数量",
    "Number of pickups, vans and excavators within the array": "阵列内的皮卡、面包车和挖掘机数量",
    "Number of pile drivers, drilling rigs, mixers and trucks on a site under construction": (
        "在建场地上打桩机、钻机、搅拌车和卡车的数量"
    ),
    "Number of stacks of piles and steel, reinforcing bars, pipes, cable drums, bags and tents on a site under "
    "construction": ("在建场地上桩垛、钢材捆、钢筋、管材、电缆盘、袋装料和帐篷的数量"),
    "Number of people on a site under construction": "在建场地上的人员数量",
    "Number of things that resemble piles on a site under construction: cut concrete ends, formwork tubes, "
    "stumps, barrels, manholes and marker cones": (
        "在建场地上形似桩的物体数量：截下的桩头、模板管、树桩、油桶、检查井和锥桶"
    ),
    "License of the images, which the dataset card README.md states": "图像的许可证，写在数据集卡片 README.md 中",
    "Box of a pile in the annotation formats: shaft is all that is visible of it, head only its top": (
        "标注格式中桩的边界框：shaft 为可见的整根桩，head 仅为桩头"
    ),
    "Number of tarpaulins, shipping containers and stacks of packaged modules within the array": (
        "阵列内的篷布、集装箱和未拆封组件垛的数量"
    ),
    "Density of grass tufts on grassy ground: 0 is none, 1 a meadow": "草地上草丛的密度：0 为无，1 为草甸",
    "Mean height of the grass tufts": "草丛的平均高度",
    "Density of weeds, including those along the lower module edges: 0 is none, 1 overgrown": (
        "杂草密度，包括组件下边缘处：0 为无，1 为杂草丛生"
    ),
    "Density of shrubs: 0 is none, 1 scrubland": "灌木密度：0 为无，1 为灌木林",
    "Share of the land outside the array that is wooded": "阵列以外土地中林地的比例",
    "Kind of trees in woods and between fields": "林地和田间树木的种类",
    "Density of stones and boulders: 0 is none, 1 strewn with them": "石块和巨石的密度：0 为无，1 为遍布",
    "Sun position from place, date and time, or from explicit angles": (
        "太阳位置由地点、日期和时间计算，或直接给定角度"
    ),
    "Latitude, positive north": "纬度，北纬为正",
    "Longitude, positive east": "经度，东经为正",
    "Day on which the images are taken (YYYY-MM-DD); sets the height of the sun at noon": (
        "拍摄日期 (YYYY-MM-DD)，决定正午太阳的高度"
    ),
    "Hour at which the images are taken, on the clocks of the place: 13.5 is half past one": (
        "按当地时钟的拍摄时刻：13.5 为下午一点半"
    ),
    "Hours by which the clocks of the place are ahead of UTC": "当地时钟比 UTC 早的小时数",
    "Sun azimuth, clockwise from north, if the sun position is given by angles": (
        "太阳方位角，自北顺时针，太阳位置由角度给定时有效"
    ),
    "Sun elevation above the horizon, if the sun position is given by angles": "太阳高度角，太阳位置由角度给定时有效",
    "Atmospheric turbidity of the sky model: 2 is very clear, 8 hazy; doubled in hazy weather": (
        "天空模型的大气浑浊度：2 为非常清澈，8 为有霾；霾天加倍"
    ),
    "State of the sky: sets sunlight, haze and the shadows of clouds": "天空状况：决定阳光、雾霾和云影",
    "Meteorological visibility; reduced to one eighth in hazy weather": "气象能见度；霾天降为八分之一",
    "Cloud cover in cloud_shadows weather": "cloud_shadows 天气下的云量",
    "Camera model; custom uses sensor_width_mm and focal_length_mm": (
        "相机型号；custom 采用 sensor_width_mm 和 focal_length_mm"
    ),
    "Number of pixel columns of an image": "图像的像素列数",
    "Number of pixel rows of an image": "图像的像素行数",
    "Sensor width of the custom camera; pixels are square": "自定义相机的传感器宽度；像素为正方形",
    "Focal length of the custom camera": "自定义相机的焦距",
    "Flight altitude above the ground below the drone; sets the ground sampling distance": (
        "无人机相对其正下方地面的飞行高度；决定地面采样距离"
    ),
    "Gimbal pitch: -90 is nadir": "云台俯仰角：-90 为垂直向下",
    "What the drone flies to: what is built, or all that is planned; then a site has the same views at any "
    "array.progress": (
        "无人机飞向何处：built 为已建成的部分，planned 为规划的全部；后者使场地在任何 array.progress 下的视角都相同"
    ),
    "Camera heading: free uses heading_deg, the others align it with the rows in view": (
        "相机航向：free 采用 heading_deg，其余与视野内的支架排对齐"
    ),
    "Camera heading, clockwise from north, if heading_mode is free": (
        "相机航向，自北顺时针，heading_mode 为 free 时有效"
    ),
    "Radial lens distortion (Brown-Conrady k1): negative is barrel, positive pincushion; annotations follow it": (
        "镜头径向畸变（Brown-Conrady k1）：负值为桶形，正值为枕形；标注随之变化"
    ),
    "Auto-exposure error: positive is overexposed": "自动曝光误差：正值为过曝",
    "White-balance error on the blue-red axis: positive is too warm": "蓝红轴上的白平衡误差：正值偏暖",
    "White-balance error on the green-magenta axis: positive is too magenta": "绿品红轴上的白平衡误差：正值偏品红",
    "Relative light falloff in the image corners": "图像四角的相对光衰减",
    "Lateral chromatic aberration: shift of red and blue relative to green in the corners": (
        "横向色差：四角处红色和蓝色相对绿色的偏移"
    ),
    "Lens blur, as the standard deviation of a Gaussian": "镜头模糊，以高斯函数的标准差表示",
    "Motion blur: image motion during the exposure": "运动模糊：曝光期间的像移",
    "Direction of the image motion, counterclockwise from the right image edge": "像移方向，自图像右侧逆时针",
    "Sensor noise at mid-gray, relative to the signal; shot and read noise scale from it": (
        "中灰处传感器噪声与信号之比；散粒噪声和读出噪声由此换算"
    ),
    "In-camera contrast: negative is flat, positive punchy": "机内对比度：负值平淡，正值强烈",
    "In-camera saturation: -1 is grayscale, positive vivid": "机内饱和度：-1 为灰度，正值鲜艳",
    "Looks of cameras; one is drawn per image and fills in every effect left at its default": (
        "相机成像风格；每张图像抽取一种，并用于所有保持默认值的效果"
    ),
    "Automatic levels: share of the way by which the camera moves the darkest tones to black and the brightest to "
    "white; the moves are limited, so that haze stays flat": (
        "自动色阶：相机将最暗色调移向黑、最亮色调移向白的比例；移动幅度有限，因此霾天仍然平淡"
    ),
    "In-camera local contrast: brightness of each part of the image relative to what surrounds it": (
        "机内局部对比度：图像各部分相对其周围的亮度"
    ),
    "In-camera sharpening strength: 0 is none; halos along edges are visible from about 1": (
        "机内锐化强度：0 为无；约从 1 起边缘出现可见光晕"
    ),
    "In-camera sharpening radius, as the standard deviation of a Gaussian": "机内锐化半径，以高斯函数的标准差表示",
    "How camera or software has reduced the size of the image: none keeps the pixels of the sensor; nearest keeps "
    "some of them; area and lanczos average them": (
        "相机或软件缩小图像的方式：none 保留传感器的全部像素；nearest 只保留其中一部分；area 和 lanczos 取平均"
    ),
    "How the camera interpolates the two colors that a pixel of its sensor does not measure, unless the image has "
    "been reduced; with none, each pixel measures all three. Fine lines get false colors, with bilinear more than "
    "with malvar": (
        "相机如何插值传感器像素未测量的两种颜色（图像未缩小时）；选 none 时每个像素测量全部三种颜色。"
        "细线会出现伪色，bilinear 比 malvar 更明显"
    ),
    "Pixels of the sensor per pixel of the image, along each side, unless resampling is none; lens blur, motion "
    "and noise are those of the sensor's pixels": (
        "图像每像素对应的传感器像素数（每边），resampling 为 none 时无效；镜头模糊、像移和噪声按传感器像素计"
    ),
    "JPEG quality (rgb.jpg), typically 85 to 95; 0 writes lossless rgb.png": (
        "JPEG 质量 (rgb.jpg)，通常为 85 到 95；0 写出无损的 rgb.png"
    ),
    "Render quality: draft is fast and grainy, training suits datasets, final is for publication": (
        "渲染质量：draft 快速但有颗粒，training 适合数据集，final 用于发表"
    ),
    "Samples after which a pixel stops even if it is still noisy": "像素即使仍有噪点也停止采样的采样数",
    "Noise below which a pixel stops before it has taken all samples": "像素低于此噪点水平时提前停止采样",
    "Denoiser: INTEL is OpenImageDenoise, OPTIX requires an NVIDIA GPU": (
        "降噪器：INTEL 为 OpenImageDenoise，OPTIX 需要 NVIDIA GPU"
    ),
    "Also write surface normals (normals.exr)": "同时写出表面法线 (normals.exr)",
    "Number of images in the dataset": "数据集中的图像数量",
    "Number of images of each site, like a flight over it; camera, light and effects are drawn for each image": (
        "每个场地的图像数量，相当于在其上空的一次飞行；每张图像各自抽取相机、光照和效果"
    ),
    "Blender processes that render images at the same time": "同时渲染图像的 Blender 进程数",
    "Seed of the first site; site i uses seed + i": "第一个场地的种子；第 i 个场地使用 seed + i",
    "Render on the GPU if one is available": "有可用 GPU 时使用 GPU 渲染",
    "Render device; auto selects the fastest backend available": "渲染设备；auto 选择可用的最快后端",
    "Annotation formats to write in addition to the sample folders": "样本文件夹之外另行写出的标注格式",
    "A process without any sign of progress for this time is ended, and its image is tried again; see hang_factor": (
        "在此时间内没有任何进展的进程会被结束，其图像重新生成；另见 hang_factor"
    ),
    "Instead of hang_minutes, wait for this multiple of the time of the slowest image so far if that is longer": (
        "若迄今最慢图像的用时乘以此倍数长于 hang_minutes，则改为等待该时间"
    ),
    "While the disk is full or unreachable, the run waits; it ends if no image can be made for this time": (
        "磁盘已满或无法访问时，运行会等待；在此时间内一直无法生成图像时，运行结束"
    ),
    "Try failed images again at the end of the run, one process at a time": (
        "运行结束时再次生成失败的图像，每次只用一个进程"
    ),
    "Classes of the annotation formats in their order: names of categories, or a mapping file": (
        "标注格式所含的类别，按此顺序：类别名称，或映射文件"
    ),
    "module,table, or a file with lines like: damaged = cracked, missing": (
        "module,table，或含有如下各行的文件：damaged = cracked, missing"
    ),
    "Fewest visible pixels of an annotation; slivers would teach a detector to find objects everywhere": (
        "标注的最少可见像素数；细小碎片会使检测器处处误检"
    ),
    "Least visible fraction of an annotation": "标注的最小可见比例",
    "Shares of the sites for training, validation and, if there is a third one, testing": (
        "用于训练、验证以及（若有第三项）测试的场地比例"
    ),
    # Choices
    "Place and Time": "地点和时间",
    "Angles": "角度",
    "None": "无",
    "Area": "区域平均",
    "Lanczos": "Lanczos",
    "Nearest": "最近邻",
    "Mavic 3 Wide": "Mavic 3 广角",
    "Phantom 4": "精灵 4",
    "Reduced (Camera)": "机内缩小",
    "Thermal Size": "热像尺寸",
    "Reduced (PC)": "软件缩小",
    "Unprocessed": "未处理",
    "Video Frame": "视频帧",
    "XT2 Visual": "XT2 可见光",
    "Automatic": "自动",
    "Mountain Summer": "夏季山地",
    "Mountain Winter": "冬季山地",
    "Dry Hills": "干旱丘陵",
    "Terraced Farmland": "梯田农地",
    "Flat Grassland": "平坦草地",
    "Desert": "荒漠",
    "Loess Works": "黄土在建场地",
    "Red Hill Works": "红土丘陵在建场地",
    "Pile Survey": "桩基测绘",
    "Early Works": "施工初期场地",
    "Midway Works": "施工中期场地",
    "Late Works": "施工后期场地",
    "Mixed": "混合",
    "COCO Polygons": "COCO 多边形",
    "COCO Keypoints": "COCO 关键点",
    "COCO Panoptic": "COCO 全景分割",
    "Class Masks": "类别掩码",
    "Density Maps": "密度图",
    "Fixed": "固定",
    "Follow Slope": "随坡度",
    "Single": "单排",
    "Double": "双排",
    "Driven Steel": "打入式型钢桩",
    "Helical": "螺旋桩",
    "Micropile": "微型桩",
    "PHC Pipe": "PHC 管桩",
    "Mono": "单晶",
    "Mono 60": "单晶 60 片",
    "Mono 72": "单晶 72 片",
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
    "Draft": "草稿",
    "Training": "训练",
    "Final": "最终",
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
    "Gravel Strips": "碎石带",
    "Bare Soil": "裸土",
    "Beige": "米色",
    "Dark": "深色",
    "Earth": "土",
    "Concrete": "混凝土",
    "Broadleaf": "阔叶",
    "Conifer": "针叶",
    "Leafless": "无叶",
    # Panels, operators and reports
    "Solar Site": "光伏场地",
    "Site": "场地",
    "Land": "地块",
    "Tables": "支架",
    "Surroundings": "周边环境",
    "Vegetation": "植被",
    "Modules": "组件",
    "Equipment": "设备",
    "Camera": "相机",
    "Resolution and Lens": "分辨率和镜头",
    "Camera Effects": "相机效果",
    "Light": "光照",
    "Render": "渲染",
    "Batch": "批量",
    "Formats and Files": "格式和文件",
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
    "not yet known": "尚未确定",
    "The preview matches the settings": "预览与当前设置一致",
    "Image size: {width} x {height}": "图像尺寸：{width} x {height}",
    "Settings changed since this preview": "设置在此预览之后已更改",
    "0: value of the module type": "0：组件类型自身的值",
    "{samples} samples, noise {threshold}": "采样 {samples}，噪声 {threshold}",
    "Native: {width} x {height}": "原生分辨率：{width} x {height}",
    "Native, up to {width} x {height}": "原生分辨率，最大 {width} x {height}",
    "{height:.0f} m, {pitch:.0f}°, {heading:.0f}°": "{height:.0f} m，{pitch:.0f}°，{heading:.0f}°",
    "{gsd:.2f} cm/px": "{gsd:.2f} cm/像素",
    "{width:.0f} x {height:.0f} m": "{width:.0f} x {height:.0f} m",
    "{seen} of {all}": "{seen}，共 {all}",
    "No complete module is in view: fly higher or pitch the gimbal further down.": (
        "视野内没有完整的组件：请提高飞行高度，或将云台进一步向下俯。"
    ),
    "Detecting devices": "正在检测设备",
    "About {time} per image": "每张图像约 {time}",
    "Rendering for {seconds:.0f} s": "已渲染 {seconds:.0f} 秒",
    "Rendering for {seconds:.0f} s of about {total}": "已渲染 {seconds:.0f} 秒，约需 {total}",
    "Planning the site for {seconds:.0f} s": "已规划场地 {seconds:.0f} 秒",
    "Building the site: part {part} of {parts}": "正在建造场地：第 {part} 部分，共 {parts} 部分",
    "The site is being built": "正在建造场地",
    "{progress}   Esc: Cancel": "{progress}   Esc：取消",
    "Preview canceled": "已取消预览",
    "Dataset folder": "数据集文件夹",
    "Start": "开始",
    "Cancel": "取消",
    "Resume": "继续",
    "About {needed} needed, {free} free on this disk.": "约需 {needed}，此磁盘可用空间为 {free}。",
    "Checking Blender and the first site": "正在检查 Blender 和第一个场地",
    "Running": "运行中",
    "All images are finished": "所有图像均已完成",
    "Stopped before all images were finished": "在所有图像完成之前停止",
    "Stopped before the formats were written": "在写出格式之前停止",
    "The batch ended with an error": "批量任务因错误而结束",
    "Some images failed": "部分图像渲染失败",
    "The batch could not start": "批量任务无法开始",
    "{done} of {total}": "{done} / {total}",
    "starting": "启动中",
    "building": "构建中",
    "done": "完成",
    "and {more} more": "另有 {more} 个",
    "View": "视角",
    "Which view of the site the previews show, from 0": "预览显示场地的哪个视角，从 0 开始",
    "Lock Seed": "锁定种子",
    "Locked: every preview shows the same site. Unlocked: every preview generates a new one": (
        "锁定：每次预览都显示同一场地。解锁：每次预览都生成新的场地"
    ),
    "Automatic Processes": "自动进程数",
    "Choose the number of Blender processes from this computer's GPU and CPU": (
        "根据本机的 GPU 和 CPU 确定 Blender 进程数"
    ),
    "Folder": "文件夹",
    "Dataset folder. An unfinished dataset in this folder can be resumed": "数据集文件夹。其中未完成的数据集可以继续",
    "Default Folder": "默认文件夹",
    "Dataset folder for scenes that do not set their own": "未指定文件夹的场景所用的数据集文件夹",
    "Blender for Renders": "渲染用的 Blender",
    "Blender executable for background rendering. Leave empty to use this Blender": (
        "用于后台渲染的 Blender 可执行文件。留空则使用当前 Blender"
    ),
    "Number of Blender processes in automatic mode. 0 selects it from this computer's devices": (
        "自动模式下的 Blender 进程数。0 表示根据本机设备确定"
    ),
    "Name": "名称",
    "Name of the preset": "预设的名称",
    "File": "文件",
    "Process": "进程",
    "Generate Preview": "生成预览",
    "Generate a site and show it through the drone's camera, in a scene of its own. The previous site is "
    "replaced; your own data is left unchanged": (
        "生成一个场地，并在独立的场景中通过无人机相机显示。先前的场地会被替换；您自己的数据保持不变"
    ),
    "Remove Site": "移除场地",
    "Remove everything that Generate Preview has created, and return to your scene": (
        "移除“生成预览”所创建的一切，并返回您的场景"
    ),
    "New Seed": "新种子",
    "Pick a random seed": "随机选择一个种子",
    "Render Preview": "渲染预览",
    "Cancel Preview": "取消预览",
    "Stop the preview that is being planned or rendered, as Esc does": "停止正在规划或渲染的预览，与 Esc 相同",
    "Load Settings": "载入设置",
    "Load settings from a JSON file or from the dataset.json of a batch. Settings that are not in the file are reset": (
        "从 JSON 文件或批量任务的 dataset.json 载入设置。文件中没有的设置恢复为默认值"
    ),
    "Save Settings": "保存设置",
    "Import from sample.json": "从 sample.json 导入",
    "Load Preset": "载入预设",
    "Apply the settings of the preset and keep all others": "应用预设包含的设置，其余设置不变",
    "Save as Preset": "保存为预设",
    "Save the current settings as a preset": "将当前设置保存为预设",
    "Remove Preset": "移除预设",
    "Delete this user preset": "删除此用户预设",
    "Start Batch": "开始批量任务",
    "Render the dataset in background processes, which continue after Blender is closed": (
        "在后台进程中渲染数据集，关闭 Blender 后仍会继续"
    ),
    "Cancel Batch": "取消批量任务",
    "Stop the batch. Finished images are kept; Resume renders the rest": (
        "停止批量任务。已完成的图像会保留；“继续”会渲染其余图像"
    ),
    "Resume Batch": "继续批量任务",
    "Render the missing images with the settings of the original batch": "使用原批量任务的设置渲染缺少的图像",
    "Write Formats": "写出格式",
    "Write the selected annotation formats for the finished images, without rendering them again": (
        "为已完成的图像写出所选的标注格式，不重新渲染"
    ),
    "Tile Size": "图块大小",
    "Side of square tiles": "正方形图块的边长",
    "Tile Overlap": "图块重叠",
    "Share of its side that a tile has in common with the next one": "图块与相邻图块重叠部分占边长的比例",
    "Empty Tiles": "空图块",
    "Share of the tiles without annotations that are kept": "保留的无标注图块的比例",
    "Crop Size": "组件图大小",
    "Longer side of rectified crops of modules": "校正后组件图的长边",
    "Processes that cut images at the same time": "同时切割图像的进程数",
    "one for each core": "每个核心一个",
    "Cut Tiles": "切割图块",
    "Cut the finished images and all their annotations into tiles, in the subfolder tiles, and write the selected "
    "formats for these": "将已完成的图像及其全部标注切割为图块，存入子文件夹 tiles，并为图块写出所选格式",
    "Cut Crops": "裁剪组件",
    "Write a small image of each module, seen from its front, in the subfolder crops, sorted by condition": (
        "为每个组件写出一张正视小图，按状态分类存入子文件夹 crops"
    ),
    "Help": "帮助",
    "Open the documentation of the panel in the browser": "在浏览器中打开面板的说明文档",
    "Open Gallery": "打开图库",
    "Write a page with all finished images and their annotations, and open it in the browser": (
        "写出包含所有已完成图像及其标注的网页，并在浏览器中打开"
    ),
    "Stop Cutting or Writing": "停止切割或写出",
    "Stop writing tiles, crops or the gallery": "停止写出图块、组件图或图库",
    "Stopped": "已停止",
    "There is no finished image in this folder": "此文件夹中没有已完成的图像",
    "Tiles, crops or the gallery are being written": "正在写出图块、组件图或图库",
    "Neither tiles, crops nor a gallery are being written": "当前没有写出图块、组件图或图库",
    "Cutting tiles in the background": "正在后台切割图块",
    "Cutting crops in the background": "正在后台裁剪组件",
    "Writing the gallery in the background": "正在后台写出图库",
    "Written: {folder}": "已写出：{folder}",
    "Blender ended with {how}; its log is {file}.": "Blender 以 {how} 结束；其日志为 {file}。",
    "The export could not be completed ({reason}).": "无法完成导出（{reason}）。",
    "The gallery could not be completed ({reason}).": "无法完成图库（{reason}）。",
    "{first} and {second} cannot be combined: run export.py twice.": (
        "{first} 与 {second} 不能同时使用：请运行两次 export.py。"
    ),
    "{folder} exists already: {remedy}.": "{folder} 已存在：{remedy}。",
    "remove it first": "请先将其移除",
    "Interrupted: nothing was changed.": "已中断：未作任何更改。",
    "Interrupted: the same command continues from here.": "已中断：再次执行同一命令即可从此处继续。",
    "{file} differs from its checksum: run batch.py with {flags}.": "{file} 与其校验和不符：请用 {flags} 重新运行。",
    "Interrupted: the samples merged so far are kept. To continue, {remedy}.": (
        "已中断：已合并的样本会保留。如需继续，请{remedy}。"
    ),
    "Interrupted: index and formats are as they were before.": "已中断：索引和格式保持原样。",
    "Interrupted: the dataset is not completely stored under {url}. To continue, {remedy}.": (
        "已中断：数据集尚未完整存储到 {url}。如需继续，请{remedy}。"
    ),
    "{file} cannot be read ({reason}): restore it, or remove its folder, then {remedy}.": (
        "无法读取 {file}（{reason}）：请恢复该文件，或移除其文件夹，然后{remedy}。"
    ),
    "{file} has {width} x {height} px, and sample.json says {right_width} x {right_height}: restore it, or remove its "
    "folder.": (
        "{file} 为 {width} x {height} 像素，而 sample.json 中为 {right_width} x {right_height}："
        "请恢复该文件，或移除其文件夹。"
    ),
    "Open Folder": "打开文件夹",
    "Open the dataset folder in the system's file browser": "在系统的文件浏览器中打开数据集文件夹",
    "Open Log": "打开日志",
    "Open the log of the background process": "打开后台进程的日志",
    "Copy Command Line": "复制命令行",
    "Copy the command that renders this dataset without a window, for use in a terminal or on a server": (
        "复制无窗口渲染此数据集的命令，用于终端或服务器"
    ),
    "Seed {seed}: {tables} tables, {modules} modules": "种子 {seed}：{tables} 个支架，{modules} 个组件",
    "There is no site: use Generate Preview": "没有场地：请使用“生成预览”",
    "Cycles is disabled: enable it in Blender's preferences, under Add-ons": (
        "Cycles 已停用：请在 Blender 偏好设置的“插件”中启用"
    ),
    "An image is being rendered and will be shown when finished": "正在渲染图像，完成后会显示",
    "Rendering in the background": "正在后台渲染",
    "No preview is being planned or rendered": "没有正在规划或渲染的预览",
    "Seed {seed} and its settings restored: use Generate Preview": "已恢复种子 {seed} 及其设置：请使用“生成预览”",
    "This is not a user preset": "这不是用户预设",
    "Choose a folder for the dataset": "请为数据集选择文件夹",
    "A batch is running in this folder": "此文件夹中有正在运行的批量任务",
    "No batch is running in this folder": "此文件夹中没有正在运行的批量任务",
    "There is no batch in this folder": "此文件夹中没有批量任务",
    "The folder does not exist yet": "文件夹尚不存在",
    "There is no log yet": "尚无日志",
    "Site removed": "场地已移除",
    "Settings loaded from {file}": "已从 {file} 载入设置",
    "Settings saved to {file}": "设置已保存到 {file}",
    "Preset {name} loaded": "已载入预设 {name}",
    "Preset {name} saved": "已保存预设 {name}",
    "Preset {name} removed": "已移除预设 {name}",
    "Writing the formats": "正在写出格式",
    "Command line copied to the clipboard": "命令行已复制到剪贴板",
    "Load, save or remove presets": "载入、保存或移除预设",
    "Load or save settings files": "载入或保存设置文件",
    "Commands of Solar Site": "光伏场地的命令",
    # Errors, warnings and their parts
    ", ": "、",
    ". ": "。",
    "{label}": "“{label}”",
    "{file}: {reason}": "{file}：{reason}",
    "{names} and {number} more": "{names}等（另有 {number} 项）",
    "Drawn once per site": "每个场地取值一次",
    "Drawn once per image": "每张图像取值一次",
    "Drawn per object within each site": "在每个场地内逐个对象取值",
    "One of the selected values is drawn per site": "每个场地从所选项中抽取一个",
    "One of the selected values is drawn per image": "每张图像从所选项中抽取一个",
    "Shift-click to select several": "按住 Shift 点击可多选",
    "Allowed: {allowed}": "允许范围：{allowed}",
    "Recommended: {recommended}": "建议：{recommended}",
    "50 to 500 without a denoiser": "不降噪时为 50 到 500",
    "the value of the render quality": "渲染质量预设的值",
    "the native resolution of the camera": "相机原生分辨率",
    "the number recommended for this machine": "本机的推荐数量",
    "the value of the module type": "组件类型自身的值",
    "{setting} = {value} is not allowed: it must be {allowed}.": "{setting} = {value} 无效，应为{allowed}。",
    "{setting} = {value} has its limits reversed: the lower limit comes first.": (
        "{setting} = {value} 的上下限颠倒：下限应在前。"
    ),
    "{low} to {high}": "{low} 到 {high}",
    "{low} to {high} {unit}": "{low} 到 {high} {unit}",
    "{range}, or 0 or auto for {zero}": "{range}，或 0 或 auto：{zero}",
    "an integer from {range}": "整数，范围 {range}",
    "a number from {range}": "数值，范围 {range}",
    "an integer or a range low..high within {range}": "整数或区间 low..high，范围 {range}",
    "a number or a range low..high within {range}": "数值或区间 low..high，范围 {range}",
    "one of {choices}": "以下之一：{choices}",
    "one or more of {choices}": "以下一项或多项：{choices}",
    "one or more of {choices}, or none": "以下一项或多项：{choices}，也可不选",
    "true or false": "true 或 false",
    "a date as YYYY-MM-DD": "日期，格式为 YYYY-MM-DD",
    "text": "文本",
    "{name} is not a setting; did you mean {close}?": "{name} 不是设置项；您是指 {close} 吗？",
    "{name} is not a setting; for the names of all settings, see {where}.": (
        "{name} 不是设置项；所有设置项的名称见{where}。"
    ),
    "a file that Save Settings has written": "“保存设置”所写的文件",
    "The settings must be a JSON object of setting groups.": "设置必须是由各设置组构成的 JSON 对象。",
    "{file} cannot be read ({reason}).": "无法读取 {file}（{reason}）。",
    "{file} cannot be written ({reason}).": "无法写入 {file}（{reason}）。",
    "{file} cannot be removed ({reason}).": "无法删除 {file}（{reason}）。",
    "{file} is not valid JSON ({reason}).": "{file} 不是有效的 JSON（{reason}）。",
    "{setting} = {file} cannot be read ({reason}).": "无法读取 {setting} = {file}（{reason}）。",
    "{file} does not contain settings.": "{file} 不包含设置。",
    "{file} is not the sample.json of an image.": "{file} 不是图像的 sample.json。",
    "{file} was rendered with settings other than those in {origin}.": (
        "{file} 渲染时所用的设置与 {origin} 中的不同。"
    ),
    '"{name}" is not a valid preset name: it must not be empty, start with a period or contain any of {characters}.': (
        "“{name}”不是有效的预设名称：名称不能为空、不能以句点开头，也不能包含 {characters}。"
    ),
    "The preset {name} cannot extend {base}, which extends a preset itself.": (
        "预设 {name} 不能扩展 {base}，因为后者本身扩展了另一个预设。"
    ),
    '"{name}" is the name of a built-in preset: choose another name.': "“{name}”是内置预设的名称：请选择其他名称。",
    'A preset named "{name}" already exists: remove it, or choose another name.': (
        "名为“{name}”的预设已存在：请将其移除，或选择其他名称。"
    ),
    "No table fits on this site (seed {seed}): the ground is too steep, too uneven or too small. Reduce "
    "{relief}, {roughness} or {columns}, or increase {slope}, {roll}, {post} or {sun}.": (
        "此场地上放不下任何支架（种子 {seed}）：地面太陡、太不平或太小。请减小{relief}、{roughness}或{columns}，"
        "或增大{slope}、{roll}、{post}或{sun}。"
    ),
    "No camera position was found that sees a table with {altitude} = {height:.1f} m and {pitch} = {angle:.1f}°: "
    "fly higher, pitch the gimbal further down, or reduce {relief}.": (
        "在 {altitude} = {height:.1f} m、{pitch} = {angle:.1f}° 时找不到能看到支架的相机位置：请提高飞行高度、将"
        "云台进一步向下俯，或减小{relief}。"
    ),
    "{setting} = {time:.2f} on {date} puts the sun at an elevation of {elevation:.1f}° (latitude {latitude:g}°, "
    "longitude {longitude:g}°, UTC{offset:+g} h): choose a time when the sun is at least {lowest:g}° above the "
    "horizon.": (
        "{date}，{setting} = {time:.2f} 时太阳高度角为 {elevation:.1f}°（纬度 {latitude:g}°，经度 {longitude:g}°"
        "，UTC{offset:+g} h）：请选择太阳高于地平线至少 {lowest:g}° 的时间。"
    ),
    "{setting} = {date} is not allowed: it is too close to the first or last day of the calendar.": (
        "{setting} = {date} 无效：过于接近历法的第一天或最后一天。"
    ),
    "{setting} = {value:g} is too strong for a lens this wide: set it closer to 0, or increase {focal_length}.": (
        "{setting} = {value:g} 对于如此广角的镜头过强：请使其更接近 0，或增大{focal_length}。"
    ),
    "{setting} = {file} cannot be used: {reason}.": "无法使用 {setting} = {file}：{reason}。",
    "it is a file, not a folder": "这是文件而不是文件夹",
    "the folder does not exist": "文件夹不存在",
    "normal": "法线",
    "roughness": "粗糙度",
    "height": "高度",
    "{setting} = {file} cannot be used: the texture set {name} has no color map ({example}).": (
        "无法使用 {setting} = {file}：纹理集 {name} 没有颜色贴图（{example}）。"
    ),
    "{setting} = {file} contains no texture set of a known kind of ground: put {name} in a folder with one of these "
    "names: {kinds}.": (
        "{setting} = {file} 中没有已知地面种类的纹理集：请将 {name} 放入以下列名称之一命名的文件夹：{kinds}。"
    ),
    "{setting} = {file} contains no texture set of a known kind of ground: files named like {example}, in whose name "
    "or folder stands one of {kinds}.": (
        "{setting} = {file} 中没有已知地面种类的纹理集：文件应按 {example} 命名，且文件名或文件夹名中"
        "含有 {kinds} 之一。"
    ),
    "{setting} = {file} contains more than {limit} images: it must be a folder of texture sets.": (
        "{setting} = {file} 中的图像超过 {limit} 个：它必须是存放纹理集的文件夹。"
    ),
    "{setting} cannot be used: {file} is not an image that Blender reads.": (
        "无法使用 {setting}：{file} 不是 Blender 能读取的图像。"
    ),
    "The texture set {name} is not used, because its name tells no kind of ground: put it in a folder with one of "
    "these names: {kinds}.": (
        "未使用纹理集 {name}，因为其名称不表明地面种类：请将其放入名为以下之一的文件夹：{kinds}。"
    ),
    "The texture set {name} has no map of {maps}: the invented ground is used instead.": (
        "纹理集 {name} 没有以下贴图：{maps}；这些方面的地面与不使用地面图像时相同。"
    ),
    "{setting} = {file} needs {model}, on which it lies.": "{setting} = {file} 需要{model}作为其所在的地形。",
    "{setting} = {file} cannot be used: {reason}. Convert it with {command} (docs/ground.md).": (
        "无法使用 {setting} = {file}：{reason}。请用 {command} 转换（见 docs/ground.md）。"
    ),
    "{setting} = {file} does not cover the site: choose another {place}.": (
        "{setting} = {file} 未覆盖站点：请选择其他{place}。"
    ),
    "it is neither a GeoTIFF nor a PNG or JPEG image": "既不是 GeoTIFF，也不是 PNG 或 JPEG 图像",
    "its world file is missing (.pgw, .jgw or .wld)": "缺少世界文件（.pgw、.jgw 或 .wld）",
    "its size of {columns} x {rows} pixels is not supported": "不支持 {columns} x {rows} 像素的尺寸",
    "Blender does not read it": "Blender 无法读取",
    "Blender finds it black: it may not know its compression": "Blender 读出的全为黑色，可能不支持其压缩方式",
    "it has {count} bands: keep those of red, green and blue, for example with {command}": (
        "有 {count} 个波段：请只保留红、绿、蓝波段，例如用 {command}"
    ),
    "{setting} = {file} cannot be read without GDAL: {reason}. Convert it with {command} (docs/terrain.md).": (
        "没有 GDAL 无法读取 {setting} = {file}：{reason}。请用 {command} 转换（见 docs/terrain.md）。"
    ),
    "{setting} = {file} cannot be converted with GDAL (headless/terrain.py): {reason}.": (
        "无法用 GDAL (headless/terrain.py) 转换 {setting} = {file}：{reason}。"
    ),
    "{setting} = {file} is not recognized: {reason}. If GDAL reads it, convert it with {command} (docs/terrain.md).": (
        "无法识别 {setting} = {file}：{reason}。如果 GDAL 能读取，请用 {command} 转换（见 docs/terrain.md）。"
    ),
    "not a regular file": "不是普通文件",
    "{setting} = {value} is not allowed: it must be {drawn}, {center}, or longitude and latitude in degrees (for "
    "example, 13.05,47.32).": (
        "{setting} = {value} 无效：必须是 {drawn}、{center}，或以度为单位的经度和纬度（例如 13.05,47.32）。"
    ),
    "{setting} = {file} covers {width:.0f} m x {height:.0f} m, which is too small for {size} = {value:g} m.": (
        "{setting} = {file} 覆盖 {width:.0f} m x {height:.0f} m，对于 {size} = {value:g} m 太小。"
    ),
    "it has fewer than {count} x {count} cells": "格网少于 {count} x {count} 格",
    "{name} is missing from its header": "文件头中缺少 {name}",
    "it contains {count} heights, not {rows} x {columns}": "其中有 {count} 个高程，而非 {rows} x {columns}",
    "its name does not state the location (for example, N47E013.hgt)": "文件名中没有位置（例如 N47E013.hgt）",
    "it contains neither 1201 x 1201 nor 3601 x 3601 heights": "高程数既不是 1201 x 1201 也不是 3601 x 3601",
    "no area without gaps is large and gentle enough for the site": "没有足够大、足够平缓且无空缺的区域",
    "the file is damaged or truncated": "文件已损坏或不完整",
    "its cell size of {cell:g} m is not within {low:g} to {high:g} m": (
        "格网间距 {cell:g} m 不在 {low:g} 到 {high:g} m 之内"
    ),
    "it does not contain a two-dimensional array of numbers": "其中没有二维数值数组",
    "its tag {tag} is missing": "缺少标签 {tag}",
    "its LZW data is damaged": "LZW 数据已损坏",
    "Ft": "英尺",
    "M": "米",
    "Us Ft": "美国测量英尺",
    "it contains hardly any heights at {place} = {value}": "在 {place} = {value} 处几乎没有高程",
    "no heights were found on it": "其中未找到高程",
    "it contains no points": "其中没有点",
    "it contains {word} where a height is expected": "应为高程之处是 {word}",
    "it does not contain the whole site of {size:g} m around {place} = {value}": (
        "不包含 {place} = {value} 周围 {size:g} m 的整个站点"
    ),
    "it has {count} bands, not one: extract the one with heights": "有 {count} 个波段而非一个：请提取高程波段",
    "it is a .gz file that cannot be unpacked ({reason})": "是无法解压的 .gz 文件（{reason}）",
    "it is a .zip file that cannot be unpacked ({reason})": "是无法解压的 .zip 文件（{reason}）",
    "it is a .zip file with {count} elevation models, not one": "是含有 {count} 个而非一个高程模型的 .zip 文件",
    "it is a folder, not a file": "是文件夹，不是文件",
    "it is a virtual raster (VRT) that refers to other files": "是引用其他文件的虚拟栅格 (VRT)",
    "it is an image in colors, not a grid of heights": "是彩色图像，不是高程格网",
    "{field}: {reason}": "{field}：{reason}",
    "it is not a file": "它不是文件",
    "{name} is not a number in JSON": "{name} 不是 JSON 中的数字",
    "it is not a size with compressed counts": "不是带有压缩计数的尺寸",
    "its counts are not those of a compressed mask": "其计数不是压缩掩膜的计数",
    "its size is not {height}, {width}": "其尺寸不是 {height}, {width}",
    "its runs have {number} pixels, not {expected}": "其游程共有 {number} 个像素，而不是 {expected} 个",
    "one of its runs is negative": "其中一个游程为负数",
    "it is larger than {limit:.0f} MB": "大于 {limit:.0f} MB",
    "it is larger than {limit:g} MB": "大于 {limit:g} MB",
    "it is larger than {limit:.0f} MB when unpacked: unpack it to a file": (
        "解压后大于 {limit:.0f} MB：请先解压为文件"
    ),
    "it is not a NumPy file": "不是 NumPy 文件",
    "it is not a TIFF file": "不是 TIFF 文件",
    "it is none of these: {titles}": "不属于以下类型：{titles}",
    "no file in it is an elevation model that is read here": "其中没有可在此读取的高程模型",
    "it is a point cloud: make a grid of its ground points first, for example with PDAL": (
        "它是点云：请先将地面点转换为格网，例如使用 PDAL"
    ),
    "the .prj file beside it is not understood": "无法理解旁边的 .prj 文件",
    "its unit of length ({name}) is not supported": "不支持其长度单位（{name}）",
    "it is placed by ground control points, not by the size of its pixels": "由地面控制点而非像素大小定位",
    "it is rotated: its rows do not run from west to east": "经过旋转：其行不是自西向东",
    "its cell size is not a number above zero": "格网间距不是大于零的数",
    "its compression ({name}) is not supported: only Deflate, LZW and PackBits are": (
        "不支持其压缩方式（{name}），仅支持 Deflate、LZW 和 PackBits"
    ),
    "its coordinate system is geocentric": "其坐标系为地心坐标系",
    "its data type ({kind} numbers of {bits} bits) is not supported": "不支持其数据类型（{bits} 位 {kind} 数）",
    "its header is incomplete": "文件头不完整",
    "its lines do not all hold x, y and height": "并非所有行都有 x、y 和高程",
    "its lines do not hold x, y and height": "其行中没有 x、y 和高程",
    "its points do not lie on the nodes of an upright grid: make a grid of them first, for example with gdal_grid": (
        "其点不在正放格网的节点上：请先将其转换为格网，例如使用 gdal_grid"
    ),
    "its points lie on one line": "其点在一条线上",
    "its positions are not in meters, and it does not state the unit of its heights: set {unit}": (
        "其位置不以米为单位，且未注明高程单位：请设置{unit}"
    ),
    "its predictor {number} is not supported": "不支持预测器 {number}",
    "it is a pointer to a file in Git LFS: fetch the file itself": "它是 Git LFS 文件指针：请获取文件本身",
    "it is a web page: download the elevation model again": "它是网页：请重新下载高程模型",
    "it is empty": "它是空文件",
    "it states its heights in a unit that is not known here: set {unit}": "其高程单位未知：请设置 {unit}",
    "its projection ({name}) has a standard parallel, scale or origin of its own, which is not supported": (
        "其投影（{name}）使用自定义的标准纬线、比例或原点，不受支持"
    ),
    "its projection ({name}) keeps neither lengths nor the direction of north": (
        "其投影（{name}）既不保持长度，也不保持北方向"
    ),
    "its size of {columns} x {rows} cells is not supported": "不支持 {columns} x {rows} 格的尺寸",
    "its strips or tiles of {columns} x {rows} pixels are too large": "{columns} x {rows} 像素的条带或图块过大",
    "its tag {tag} is missing: it does not state the size of its pixels": "缺少标签 {tag}：未注明像素大小",
    "its unit of angles is not supported": "不支持其角度单位",
    "its unit of length (EPSG:{code}) is not supported": "不支持其长度单位 (EPSG:{code})",
    "one of its rows contains {count} heights, not {columns}": "其中一行有 {count} 个高程，而非 {columns} 个",
    "its longitudes are not counted from Greenwich": "其经度不以格林尼治为起点",
    "places can be found only in models in degrees, UTM (WGS 84, ETRS89, NAD83) or Web Mercator, not in {name}": (
        "只能在以度、UTM（WGS 84、ETRS89、NAD83）或 Web 墨卡托表示的模型中查找位置，不能在 {name} 中查找"
    ),
    "the height of its pixels is negative: programs disagree on which edge is north then": (
        "其像素高度为负：各程序对哪一边为北解释不一"
    ),
    "the scale of its heights is not a number above zero": "高程的比例不是大于零的数",
    "the .hdr file that describes it is missing": "缺少描述它的 .hdr 文件",
    "the world file beside it is damaged": "旁边的坐标文件已损坏",
    "{name} = {value} in its header is not a number": "文件头中 {name} = {value} 不是数",
    "{name} = {value} in its header is not a positive whole number": "文件头中 {name} = {value} 不是正整数",
    "Using only the CPU for rendering: no {backends} device was found.": "仅使用 CPU 渲染：未找到 {backends} 设备。",
    "Could not enable OptiX denoiser: it needs an OptiX device. The Intel denoiser is used instead.": (
        "无法启用 OptiX 降噪器：它需要 OptiX 设备。改用 Intel 降噪器。"
    ),
    "Could not enable Intel denoiser: this build of Blender does not include OpenImageDenoise. Images are not "
    "denoised.": ("无法启用 Intel 降噪器：此版本的 Blender 不含 OpenImageDenoise。图像不降噪。"),
    "Memory may be insufficient: at this image size, about {needed} is needed (processes: {count}), and {spare} "
    "of this machine's {memory} can be used. To avoid this, {remedy}.": (
        "内存可能不足：按此图像尺寸约需 {needed}（进程数：{count}），而本机 {memory} 内存中可用 {spare}。为避免此"
        "问题，请{remedy}。"
    ),
    "reduce {width} and {height}": "减小{width}和{height}",
    "set {processes} to {number}, or {smaller}": "将{processes}设为 {number}，或{smaller}",
    "Blender could not write the image as JPEG ({reason}).": "Blender 无法将图像写为 JPEG（{reason}）。",
    "Blender finished rendering without an image; its output is in the log.": (
        "Blender 结束渲染但没有生成图像；其输出见日志。"
    ),
    "{place}: the class {name} is defined twice.": "{place}：类别 {name} 定义了两次。",
    "{place}: a class must be a name, or a name, = and categories, not {name}.": (
        "{place}：类别必须是一个名称，或名称、= 和若干类别，而不是 {name}。"
    ),
    "{place} names no class: for example, {example}.": "{place} 没有指定类别：例如 {example}。",
    "{place}: {name} is not a category with annotations; did you mean {close}?": (
        "{place}：{name} 不是带有标注的类别；您是否想输入 {close}？"
    ),
    "{place}: {name} is not a category with annotations; these are {names}.": (
        "{place}：{name} 不是带有标注的类别；可用的有 {names}。"
    ),
    "{place}: {name} is named twice.": "{place}：{name} 出现了两次。",
    "it is not a text file": "不是文本文件",
    "{setting} = {value} is not allowed: it must be the shares of train, val and test, which add up to 1, for example "
    "0.8/0.1/0.1.": "{setting} = {value} 不被允许：必须是训练、验证和测试的比例，总和为 1，例如 0.8/0.1/0.1。",
    "{setting} contains {name}, which covers pixels of other instances: the format panoptic takes only objects that "
    "have a value in instances.png.": (
        "{setting} 包含 {name}，它会覆盖其他实例的像素：panoptic 格式只接受在 instances.png 中有值的对象。"
    ),
    "{file} is not a mask as Solar Site writes it: restore it, or remove its folder.": (
        "{file} 不是光伏场地写出的掩码：请恢复该文件，或删除其文件夹。"
    ),
    "{file} is damaged: it claims {width} x {height} pixels and {count} channels.": (
        "{file} 已损坏：它声称有 {width} x {height} 像素和 {count} 个通道。"
    ),
    "{file} is truncated: lines of pixels are missing.": "{file} 不完整：缺少像素行。",
    "{file} is not an OpenEXR file.": "{file} 不是 OpenEXR 文件。",
    "{file} is a tiled, deep or multi-part OpenEXR file: only single-part scan line files are supported.": (
        "{file} 是分块、深度或多部分的 OpenEXR 文件：仅支持单部分扫描线文件。"
    ),
    "{file} is compressed: only ZIP and no compression are supported.": "{file} 已压缩：仅支持 ZIP 压缩或不压缩。",
    "The lines of {file} are not in increasing order, which is the only supported one.": (
        "{file} 的像素行不是递增顺序：仅支持递增顺序。"
    ),
    "{file} is truncated.": "{file} 不完整。",
    "The header of {file} is incomplete ({reason}).": "{file} 的文件头不完整（{reason}）。",
    "{file} is damaged: its pixel rows are out of order or have the wrong size.": (
        "{file} 已损坏：像素行顺序错误或大小不符。"
    ),
    "The channel {channel} of {file} holds integers or is subsampled, which is not supported.": (
        "{file} 的通道 {channel} 为整数或经过降采样：不受支持。"
    ),
    "The image cannot be shown ({reason}).": "无法显示图像（{reason}）。",
    "Solar Site needs Blender 4.2 or later; this is {version}.": (
        "光伏场地需要 Blender 4.2 或更高版本；当前版本为 {version}。"
    ),
    "Solar Site needs Blender 4.2 or later; {program} is older.": (
        "光伏场地需要 Blender 4.2 或更高版本；{program} 版本过低。"
    ),
    "{program} cannot be started ({reason}).": "无法启动 {program}（{reason}）。",
    "{program} cannot run Solar Site ({reason}).": "{program} 无法运行光伏场地（{reason}）。",
    "no answer within {seconds:.0f} s": "{seconds:.0f} 秒内没有响应",
    "{ended}; last output: {line}": "{ended}；最后输出：{line}",
    "exit code {code}": "退出代码 {code}",
    "signal {signal}": "信号 {signal}",
    "unexpected {error}": "意外错误 {error}",
    "Blender ended with {how} before the image was complete.": "Blender 在图像完成之前以{how}结束。",
    "Blender ended with {how} before the batch began.": "Blender 在批量任务开始之前以{how}结束。",
    "Blender ended with {how} before the batch was complete.": "Blender 在批量任务完成之前以{how}结束。",
    "Blender ended twice with {how} while rendering this image": "Blender 在渲染此图像时两次以{how}结束",
    "Blender ended twice with {how} before starting this image": "Blender 在开始此图像之前两次以{how}结束",
    "Blender twice made no progress for {time} while rendering this image": (
        "Blender 在渲染此图像时两次在 {time} 内没有进展"
    ),
    "Blender twice made no progress for {time} before starting this image": (
        "Blender 在开始此图像之前两次在 {time} 内没有进展"
    ),
    "{image}: Blender ended with {how}; trying again in a new process": (
        "{image}：Blender 以{how}结束；在新进程中重试"
    ),
    "{image}: Blender made no progress for {time} and was ended; trying again in a new process": (
        "{image}：Blender 在 {time} 内没有进展，已被结束；在新进程中重试"
    ),
    "before the first image": "第一张图像之前",
    "too little memory": "内存不足",
    "Memory ran out while this image was made": "生成此图像时内存不足",
    "Blender ended with {how}, probably because memory ran out: from now on, at most {number} run at the same time": (
        "Blender 以{how}结束，可能是因为内存不足：从现在起最多同时运行 {number} 个"
    ),
    "Memory does not leave room for another process yet: {number} of {count} run": (
        "内存暂时不足以再启动一个进程：{count} 个中运行 {number} 个"
    ),
    "{program} got too little memory to check whether it can run Solar Site ({reason}): close other programs, or "
    "raise the memory limit of this session or job.": (
        "{program} 得到的内存太少，无法检查能否运行光伏场地（{reason}）：请关闭其他程序，或提高此会话或作业的内存限制。"
    ),
    "{folder} has {free} free, and the next images need {needed} while they are made (processes: {count}): free "
    "some space": "{folder} 剩余 {free}，而接下来的图像在生成时需要 {needed}（进程数：{count}）：请释放一些空间",
    "{folder} is not writable": "{folder} 不可写入",
    "{folder} cannot be used ({reason})": "无法使用 {folder}（{reason}）",
    "the system refuses to write more into {folder}, although it reports {free} free: check your quota": (
        "系统拒绝继续写入 {folder}，尽管报告剩余 {free}：请检查配额"
    ),
    "Paused: {reason}. The run continues automatically, or ends after {time} without an image": (
        "已暂停：{reason}。运行会自动继续；若 {time} 内没有生成图像，则结束"
    ),
    "Space is available again: the run continues": "又有空间了：运行继续",
    "{reason}; no image could be made for {time}": "{reason}；{time} 内无法生成图像",
    "Shard {other} is running in {folder}: a dataset can be divided in one way at a time, not into {count} shards as "
    "well.": "分片 {other} 正在 {folder} 中运行：数据集一次只能按一种方式划分，不能同时分为 {count} 份。",
    "Shard {other} is running in {folder} with {differences}: use the same settings, or choose another folder.": (
        "分片 {other} 正在 {folder} 中以 {differences} 运行：请使用相同的设置，或选择其他文件夹。"
    ),
    "{folder} is not a complete sample.": "{folder} 不是完整的样本。",
    "{folder} and {other} are different samples of the same image: remove one of them.": (
        "{folder} 与 {other} 是同一图像的不同样本：请删除其中一个。"
    ),
    "{folder} cannot be written ({reason}) for {time}": "{folder} 已有 {time} 无法写入（{reason}）",
    "{folder} was removed during the run": "{folder} 在运行期间被删除",
    "Another launcher is running in {folder}; wait until it finishes.": (
        "另一个启动器正在 {folder} 中运行：请等待其完成。"
    ),
    "Choose a folder for the dataset.": "请为数据集选择文件夹。",
    "Interrupted before the first image. To continue, {remedy}.": "在第一张图像之前中断。如需继续，请{remedy}。",
    "Interrupted. To continue, {remedy}.": "已中断。如需继续，请{remedy}。",
    "use Resume": "使用“继续”",
    "The dataset could not be completed ({reason}). To continue, {remedy}.": (
        "数据集未能完成（{reason}）。如需继续，请{remedy}。"
    ),
    "The operating system reports an error ({reason}): fix it, then {remedy}.": (
        "操作系统报告错误（{reason}）：请解决此问题，然后{remedy}。"
    ),
    "{file} cannot be used ({reason}): fix it, or choose another folder for the dataset.": (
        "无法使用 {file}（{reason}）：请解决此问题，或为数据集选择其他文件夹。"
    ),
    "(which could not be written: {reason})": "（无法写入：{reason}）",
    "Internal error in Solar Site ({error}); see the log {log}": "光伏场地内部错误（{error}）；详情见日志 {log}",
    "The Solar Site extension is incomplete ({reason}): install it again.": (
        "光伏场地扩展不完整（{reason}）：请重新安装。"
    ),
    "No such file or directory": "没有该文件或文件夹",
    "Permission denied": "权限不足",
    "No space left on device": "磁盘空间不足",
    "Is a directory": "是文件夹",
    "Not a directory": "不是文件夹",
    "File name too long": "文件名过长",
    "Read-only file system": "只读文件系统",
    "Input/output error": "读写错误",
    "No Blender was found: {remedy}.": "未找到 Blender：请{remedy}。",
    "set {preference} in the preferences of the extension": "在扩展的偏好设置中指定“{preference}”",
    "{preference} = {file}": "“{preference}” = {file}",
    "The environment variable BLENDER = {file}": "环境变量 BLENDER = {file}",
    "{origin} does not exist.": "{origin} 不存在。",
    "{origin} is not an executable program.": "{origin} 不是可执行程序。",
    "{folder} does not contain a batch that can be resumed.": "{folder} 中没有可以继续的批量任务。",
    "{folder} cannot be created ({reason}).": "无法创建 {folder}（{reason}）。",
    "{file} is a file: choose a folder for the dataset.": "{file} 是文件：请为数据集选择文件夹。",
    "{folder} is not writable: choose another folder for the dataset.": (
        "{folder} 不可写入：请为数据集选择其他文件夹。"
    ),
    "{folder} contains samples made with {differences}: use the same settings, or choose another folder.": (
        "{folder} 中的样本是用 {differences} 生成的：请使用相同的设置，或选择其他文件夹。"
    ),
    "{folder} changed while it was being checked: {remedy}.": "{folder} 在检查时被更改：请{remedy}。",
    "{name} {earlier} (not {now})": "{name} {earlier}（而非 {now}）",
    "{setting} = {earlier} (not {now})": "{setting} = {earlier}（而非 {now}）",
    "another file of {setting}": "{setting}的另一个文件",
    "executor = {name} is not allowed: it must be {allowed}.": "executor = {name} 无效，应为 {allowed}。",
    "The executor ray needs the package ray: python3 -m pip install 'ray>=2.49'.": (
        "执行器 ray 需要 ray 包：python3 -m pip install 'ray>=2.49'。"
    ),
    "{option} is only for {other}.": "{option} 只用于 {other}。",
    "{option} {address} is a Ray client: run the launcher on a machine of the cluster (ray job submit).": (
        "{option} {address} 是 Ray 客户端地址：请在集群中的一台机器上运行启动器（ray job submit）。"
    ),
    "No Ray cluster was found with {option} {address} ({reason}): start one with ray start, or correct the address.": (
        "用 {option} {address} 未找到 Ray 集群（{reason}）：请用 ray start 启动一个，或更正地址。"
    ),
    "No machine of the Ray cluster has {cpus} CPUs and {gpus:g} GPUs for a process: reduce {cpus_option} or "
    "{gpus_option}.": (
        "Ray 集群中没有机器能为一个进程提供 {cpus} 个 CPU 和 {gpus:g} 块 GPU：请减小 {cpus_option} 或 {gpus_option}。"
    ),
    "Machine {machine} is not used: {reason}": "不使用机器 {machine}：{reason}",
    "{option} {url} is not allowed: fsspec knows no storage of the kind {kind}.": (
        "不允许 {option} {url}：fsspec 不支持 {kind} 类存储。"
    ),
    "{option} {url} is not allowed: it must be the URL of a folder, for example s3://bucket/dataset.": (
        "不允许 {option} {url}：它必须是一个文件夹的 URL，例如 s3://bucket/dataset。"
    ),
    "{option} takes no user name or password: put credentials into the environment or the files of the storage.": (
        "{option} 不接受用户名或密码：请将凭据放入环境变量或存储服务的配置文件。"
    ),
    "{option} {url} needs a Python package ({reason}): python3 -m pip install '.[storage]'.": (
        "{option} {url} 需要一个 Python 软件包（{reason}）：python3 -m pip install '.[storage]'。"
    ),
    "{url} cannot be used as storage ({reason}): check the URL, your credentials and the network.": (
        "{url} 无法用作存储（{reason}）：请检查 URL、凭据和网络。"
    ),
    "{name} could not be stored under {url} ({reason}): it is kept in {folder} and tried again": (
        "{name} 无法存储到 {url}（{reason}）：它保留在 {folder} 中，并将重试"
    ),
    "{option} {url} is not allowed: it lies within the dataset folder.": (
        "不允许 {option} {url}：它位于数据集文件夹之内。"
    ),
    "{folder} lies within {source}: choose another folder.": "{folder} 位于 {source} 之内：请选择其他文件夹。",
    "{folder} cannot be written ({reason})": "无法写入 {folder}（{reason}）",
    "{sample} was made with {differences}: remove it": "{sample} 是用 {differences} 生成的：请将其删除",
    "{url} holds an incomplete sample: remove it, then {remedy}.": "{url} 是不完整的样本：请将其删除，然后{remedy}。",
    "samples are not stored under {url} yet: {count} ({reason}); they are kept in {folder}": (
        "尚未存储到 {url} 的样本：{count}（{reason}）；它们保留在 {folder} 中"
    ),
    "Paused: {reason}. The run continues automatically, or ends after {time} without success": (
        "已暂停：{reason}。运行将自动继续，若 {time} 内未成功则结束"
    ),
    "the Ray cluster has ended on the machine of the launcher: start it again": (
        "启动器所在机器上的 Ray 集群已结束：请重新启动它"
    ),
    "images are neither in {folder} nor under {url}: {count}": "既不在 {folder} 中也不在 {url} 下的图像：{count}",
    "Machine {machine} has left the cluster: its images are made again on others": (
        "机器 {machine} 已离开集群：它的图像在其他机器上重新生成"
    ),
    "no machine of the cluster can make images of this run: {reasons}": "集群中没有机器能生成本次运行的图像：{reasons}",
    "Ray's task ended repeatedly while this image was made ({reason})": "生成此图像时 Ray 的任务多次终止（{reason}）",
    "{image}: Ray's task has ended ({reason}); trying again": "{image}：Ray 的任务已终止（{reason}），正在重试",
    "Memory ran out on machine {machine}: trying again with more of it": "机器 {machine} 内存不足：将以更多内存重试",
    "Machine {machine}: {warning}": "机器 {machine}：{warning}",
    "it has Blender {version} ({program}), and this run needs {needed}": (
        "它的 Blender 版本为 {version}（{program}），而本次运行需要 {needed}"
    ),
    "it cannot read or write {file} ({reason})": "它无法读取或写入 {file}（{reason}）",
    "{folder} is not a folder that only you can enter: remove it, or set the environment variable TMPDIR to another "
    "folder.": "{folder} 不是只有您能进入的文件夹：请将其删除，或将环境变量 TMPDIR 设为其他文件夹。",
    "{folder} cannot be created ({reason}): set the environment variable TMPDIR to a folder on a local disk.": (
        "无法创建 {folder}（{reason}）：请将环境变量 TMPDIR 设为本地磁盘上的文件夹。"
    ),
    "it does not see {file}: put the dataset into a folder that all machines of the cluster share": (
        "它看不到 {file}：请把数据集放在集群所有机器共享的文件夹中"
    ),
    "other settings": "其他设置",
    "{folder} is not a Solar Site dataset, and a run would overwrite {names} in it: choose another folder for "
    "the dataset, or move these files.": (
        "{folder} 不是光伏场地的数据集，运行会覆盖其中的 {names}：请为数据集选择其他文件夹，或将这些文件移走。"
    ),
    "{file} has schema {schema}, and this version reads schema {known}: use the version of Solar Site that wrote "
    "it, or another folder for the dataset.": (
        "{file} 的格式版本为 {schema}，而此版本读取版本 {known}：请使用写出该文件的光伏场地版本，或为数据集选择其"
        "他文件夹。"
    ),
    "{folder} contains no samples.": "{folder} 中没有样本。",
    "The work unit {file} has schema {schema}; this version of Solar Site reads schema {known}.": (
        "工作单元 {file} 的格式版本为 {schema}；此版本的光伏场地读取版本 {known}。"
    ),
    "{file} is not a work unit of Solar Site ({reason}).": "{file} 不是光伏场地的工作单元（{reason}）。",
    "The object pass contains a number outside 0 to {count}, the number of objects.": (
        "对象通道中有超出 0 到 {count}（对象数）的数值。"
    ),
    "The image shows {count} objects, more than the {most} that can be numbered: reduce {altitude}.": (
        "图像中有 {count} 个对象，超过可编号的 {most} 个：请减小{altitude}。"
    ),
    "The render has {count} channels whose name ends in {ending}, instead of one.": (
        "渲染结果中名称以 {ending} 结尾的通道有 {count} 个，而非一个。"
    ),
    "The {name} pass contains blended numbers: it must be rendered with one sample at pixel centers.": (
        "{name} 通道中有混合的数值：必须在像素中心以一个采样渲染。"
    ),
    "The {name} pass contains a number outside 0 to {largest}.": "{name} 通道中有超出 0 到 {largest} 的数值。",
    "{file} cannot be read ({reason}): remove its folder, then {remedy}.": (
        "无法读取 {file}（{reason}）：请删除其文件夹，然后{remedy}。"
    ),
    "{file} was not written by Solar Site and blocks the dataset: move it away, or choose another folder.": (
        "{file} 不是光伏场地所写，且妨碍写入数据集：请将其移走，或选择其他文件夹。"
    ),
    "The object pass has {width} x {height} pixels instead of {columns} x {rows}.": (
        "对象通道为 {width} x {height} 像素，而非 {columns} x {rows}。"
    ),
    # Batches, results, annotations and presets in the panel
    "About {duration}, ends about {time}": "约 {duration}，{time} 左右结束",
    "{space}, {count} processes on {device}": "{space}，{count} 个进程，{device}",
    "Add a preset from a JSON file to your own, and load it": "将 JSON 文件中的预设加入用户预设并载入",
    "Announce": "提示",
    "Automatic (GPU if there is one)": "自动（有 GPU 则使用）",
    "Automatic ({count})": "自动（{count}）",
    "Boxes": "边界框",
    "Canceled: finished images are kept": "已取消：保留已完成的图像",
    "Categories": "类别",
    "Category": "类别",
    "Checking the batch: it starts if nothing is in its way, and continues after Blender is closed": (
        "正在检查批量任务：检查通过后开始，关闭 Blender 后仍会继续"
    ),
    "Color": "颜色",
    "Color Annotations": "标注着色",
    "Color the annotated objects of the site in the solid view": "在实体视图中为场地中已标注的对象着色",
    "Colors in the viewport": "视图中的颜色",
    "Condition": "状况",
    "Conditions": "状况",
    "Copy to This Scene": "复制到此场景",
    "Device that renders previews and batches": "渲染预览和批量任务的设备",
    "Engine": "引擎",
    "Export Preset": "导出预设",
    "Find a Setting": "查找设置",
    "Give the active preset of your own another name": "为当前的用户预设改名",
    "Give the current scene the render settings of a batch: engine, device, samples, noise threshold, "
    "denoiser and resolution. The device is also set in Blender's preferences": (
        "为当前场景设置批量任务的渲染设置：引擎、设备、采样数、噪波阈值、降噪器和分辨率。Blender 偏好设置中的"
        "设备也会更改"
    ),
    "Id": "编号",
    "Ids": "编号",
    "Images of the batch": "批量任务的图像",
    "Import Preset": "导入预设",
    "Part": "标注",
    "Annotations on the image": "图像上的标注",
    "Load or save a preset of your own first": "请先载入或保存一个用户预设",
    "Longer side of the image of Render Preview": "渲染预览图像的长边",
    "Masks": "掩码",
    "Max": "最大",
    "Min": "最小",
    "Most samples per pixel in the image of Render Preview": "渲染预览图像每像素的最多采样数",
    "Next Result": "下一结果",
    "No batch here yet": "此处还没有批量任务",
    "No setting contains this text": "没有设置包含此文字",
    "Off": "关闭",
    "Preset": "预设",
    "Preset renamed to {name}": "预设已改名为 {name}",
    "Preset saved to {file}": "预设已保存到 {file}",
    "Preset {name} imported": "已导入预设 {name}",
    "Preview Samples": "预览采样数",
    "Preview Size (px)": "预览尺寸 (px)",
    "Quick Test": "快速测试",
    "Rebuild This Site": "重建此场地",
    "Remove from List": "从列表中移除",
    "Remove this folder from the list. Its files are kept": "将此文件夹从列表中移除，文件会保留",
    "Rename Preset": "重命名预设",
    "Render a preview or show a result first": "请先渲染预览或显示一个结果",
    "Render a small image of this site in the background and show it with its annotations in the image editor. "
    "Blender remains usable meanwhile": (
        "在后台渲染此场地的小图像，并在图像编辑器中连同标注一起显示。期间 Blender 可继续使用"
    ),
    "Render up to 4 images at a quarter of the size, in a folder of their own": (
        "在单独的文件夹中以四分之一尺寸渲染最多 4 张图像"
    ),
    "Rendering a few small images": "正在渲染几张小图像",
    "Reset": "重置",
    "Reset these settings to the active preset, or to the defaults where the preset sets none": (
        "将这些设置重置为当前预设的值，预设未指定的重置为默认值"
    ),
    "Resolution": "分辨率",
    "Restore the settings and seed of a dataset image, so that its site can be generated again. Without its "
    "dataset, the values drawn for the image are restored": (
        "恢复数据集图像的设置和种子，以便再次生成其场地。没有数据集时，恢复为该图像抽取的值"
    ),
    "Restore the settings and seed of the image shown, and generate its site in the viewport": (
        "恢复所显示图像的设置和种子，并在视图中生成其场地"
    ),
    "Results and Annotations": "结果与标注",
    "Resuming the batch": "正在继续批量任务",
    "Sample": "样本",
    "Samples": "采样数",
    "Save all settings to a JSON file, for other files or for the command line": (
        "将全部设置保存为 JSON 文件，供其他文件或命令行使用"
    ),
    "Save the groups of settings that a preset holds to a JSON file, to share it": (
        "将预设所含的设置组保存为 JSON 文件，便于分享"
    ),
    "Search": "搜索",
    "Seed {seed} and the values drawn for this image restored; settings that are not drawn, such as the site "
    "size, keep the values of the panel": (
        "已恢复种子 {seed} 和为此图像抽取的值；不抽取的设置（如场区边长）保持面板中的值"
    ),
    "Select the camera models of the dataset; Shift-click to select several": (
        "选择数据集的相机型号；按住 Shift 单击可选多个"
    ),
    "Settings": "设置",
    "Show Batch": "显示批量任务",
    "Show Result": "显示结果",
    "Show a message in the status bar": "在状态栏中显示消息",
    "Show an image of the batch first": "请先显示批量任务的图像",
    "Show only the settings whose name or description contains this text": "仅显示名称或说明包含此文字的设置",
    "Show or hide this part of the annotations on the image, without rendering it again": (
        "显示或隐藏图像上的这部分标注，无需重新渲染"
    ),
    "Show the next or previous image of the batch": "显示批量任务的上一张或下一张图像",
    "Show this folder and its batch in the panel": "在面板中显示此文件夹及其批量任务",
    "Show this image of the batch with its annotations in the image editor": (
        "在图像编辑器中显示批量任务的这张图像及其标注"
    ),
    "Site of {image}": "{image} 的场地",
    "Size": "尺寸",
    "Some settings are invalid": "部分设置无效",
    "Step": "步长",
    "Stopping the batch: finished images are kept": "正在停止批量任务：保留已完成的图像",
    "Table": "支架",
    "Text": "文字",
    "The batch {folder} could not start": "批量任务 {folder} 无法开始",
    "The batch {folder} ended with failures": "批量任务 {folder} 结束，有图像失败",
    "The batch {folder} has stopped": "批量任务 {folder} 已停止",
    "The batch {folder} is finished": "批量任务 {folder} 已完成",
    "The plan of this site was not kept with the file: use Generate Preview to color it.": (
        "此场地的规划未随文件保存：请使用“生成预览”后再着色。"
    ),
    "The system has no program that opens {path}": "系统中没有可打开 {path} 的程序",
    "There are no images in this folder yet": "此文件夹中还没有图像",
    "This changes in {scene}:": "{scene} 中将更改：",
    "No site yet": "还没有场地",
    "This scene has the render settings of a batch": "此场景已采用批量任务的渲染设置",
    "Time: use Render Preview": "用时：请使用“渲染预览”",
    "Time per image: use Render Preview": "每张图像用时：请使用“渲染预览”",
    "Toggle Annotation": "切换标注",
    "none shown": "未显示",
    "{count} cameras": "{count} 种相机",
    "{count} changed": "已改 {count} 项",
    "{count} images, {size}": "{count} 张图像，{size}",
    "{device}: not found on this machine": "{device}：此计算机上未找到",
    "{file} cannot be renamed ({reason}).": "无法重命名 {file}（{reason}）。",
    "{number} days": "{number} 天",
    "{number} h": "{number} 小时",
    "{number} min": "{number} 分钟",
    "{number} s": "{number} 秒",
    "{pace} per hour, about {left} left": "每小时 {pace} 张，约剩 {left}",
    "{preset} (changed)": "{preset}（已更改）",
}
"""By English text or template."""
