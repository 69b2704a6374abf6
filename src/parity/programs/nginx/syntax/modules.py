"""Which modules nginx's own source has, and which of them its official images have built in."""

from __future__ import annotations

from typing import Final

# The modules of nginx's own source that the tables know; `load_module` of these explains no other name.
OWN_MODULES = frozenset(
    {
        "ngx_stream_module.so", "ngx_mail_module.so", "ngx_http_image_filter_module.so",
        "ngx_http_xslt_filter_module.so", "ngx_http_geoip_module.so", "ngx_stream_geoip_module.so",
    }
)  # fmt: skip
# What the official images have built in, and the packages of distributions have as modules.
OFFICIAL: Final = frozenset({"ngx_stream_module", "ngx_mail_module"})
