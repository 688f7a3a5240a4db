"""States of the United States as the press shortens them: "Springfield, Ill.", "Springfield, IL" (AP, USPS)."""

from __future__ import annotations

_SHORT = """
alabama=ala al  alaska=ak  arizona=ariz az  arkansas=ark ar  california=calif ca  colorado=colo co
connecticut=conn ct  delaware=del de  florida=fla fl  georgia=ga  hawaii=hi  idaho=id  illinois=ill il
indiana=ind in  iowa=ia  kansas=kan ks  kentucky=ky  louisiana=la  maine=me  maryland=md  massachusetts=mass ma
michigan=mich mi  minnesota=minn mn  mississippi=miss ms  missouri=mo  montana=mont mt  nebraska=neb ne
nevada=nev nv  new hampshire=nh  new jersey=nj  new mexico=nm  new york=ny  north carolina=nc
north dakota=nd  ohio=oh  oklahoma=okla ok  oregon=ore or  pennsylvania=pa  rhode island=ri
south carolina=sc  south dakota=sd  tennessee=tenn tn  texas=tex tx  utah=ut  vermont=vt  virginia=va
washington=wash wa  west virginia=wva wv  wisconsin=wis wi  wyoming=wyo wy
"""


def _states() -> dict[str, str]:
    found: dict[str, str] = {}
    for state in _SHORT.replace("\n", "  ").split("  "):
        name, _, short = state.partition("=")
        found |= dict.fromkeys(short.split(), name)
    return found


_STATES = _states()


def spelled_out(key: str) -> str:
    """A state's full name by its short one; any other key (see `places.place_key`) as it is."""
    return _STATES.get(key, key)
