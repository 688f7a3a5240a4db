"""Vietnamese."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="vi",
    name="Vietnamese",
    analyzer="standard",
    related={
        "xem_them": (
            "xem thêm",
            "đọc thêm",
            "đọc tiếp",
            "tin liên quan",
            "bài liên quan",
            "tin cùng chuyên mục",
            "tin bài liên quan",
            "bài viết liên quan",
            "có thể bạn quan tâm",
            "xem tiếp",
            "tin khác",
            "đọc nhiều",
            "bài đọc nhiều",
            "mời độc giả đọc thêm",
            "mời quý độc giả xem thêm",
        ),
    },
    promotion={
        "channel": (
            "(theo dõi|đăng ký|tham gia|hãy theo dõi|mời bạn đọc theo dõi|mời độc giả theo dõi) … (zalo|telegram|facebook|youtube|google news|tiktok|kênh|bản tin|fanpage|whatsapp)",
            "tải (ứng dụng|app) …",
            "đăng ký (nhận|bản tin|kênh) …",
            "(bấm|nhấn|click) (vào đây|để) …",
            "mời (quý vị|bạn đọc|độc giả) (theo dõi|tham gia|đón xem) …",
        ),
        "advertisement": ("quảng cáo$",),
        "share": (
            "chia sẻ$",
            "chia sẻ (bài viết|lên|qua) …",
            "bình luận$",
            "ý kiến$",
        ),
    },
    credit={
        "nguon": (
            "nguồn",
            "nguồn tin",
        ),
    },
    byline={
        "tac_gia": (
            "tác giả",
            "phóng viên",
            "bài và ảnh",
            "bài",
            "thực hiện",
            "người viết",
        ),
    },
    editorial={
        "anh": (
            "ảnh",
            "ảnh minh họa",
            "video",
            "đồ họa",
            "hình ảnh",
        ),
        "ban_quyen": (
            "bản quyền …",
            "giữ bản quyền nội dung …",
        ),
        "bien_tap": (
            "biên tập",
            "biên dịch",
        ),
        "thoi_gian": (
            "cập nhật",
            "thời gian đọc …",
        ),
    },
    months=(
        "tháng 1|thg 1",
        "tháng 2|thg 2",
        "tháng 3|thg 3",
        "tháng 4|thg 4",
        "tháng 5|thg 5",
        "tháng 6|thg 6",
        "tháng 7|thg 7",
        "tháng 8|thg 8",
        "tháng 9|thg 9",
        "tháng 10|thg 10",
        "tháng 11|thg 11",
        "tháng 12|thg 12",
    ),
    dateline_places=(
        "hà nội",
        "tp.hcm",
        "tp hcm",
        "đà nẵng",
        "hải phòng",
        "cần thơ",
        "huế",
    ),
)
