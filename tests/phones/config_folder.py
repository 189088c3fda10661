"""The folder that a baresip reads at its start: headless, one sine as its microphone, no account yet.

The account is given later over the control port, when somebody already listens for REGISTER_OK.
Pure text and files: it must never start anything.
"""

from pathlib import Path
from typing import Final

from tests.phones.ports import PortBlock

MODULE_FOLDERS: Final = (
    Path("/usr/lib/baresip/modules"),
    Path("/usr/local/lib/baresip/modules"),
    Path("/usr/lib/x86_64-linux-gnu/baresip/modules"),
    Path("/usr/lib/aarch64-linux-gnu/baresip/modules"),
)
CALLS_MAX: Final = 4

# ausine plays only at 48 kHz in stereo; baresip resamples it to what G.711 wants.
# The folder holds no ring.wav: baresip then skips its alert sounds, which nobody would hear.
_CONFIG: Final = """\
poll_method epoll
sip_listen 127.0.0.1:{sip}
net_interface 127.0.0.1
dns_server 127.0.0.1:53
call_local_timeout 120
call_max_calls {calls_max}
audio_path {folder}
audio_source ausine,{tone_hz}
audio_player aufile,{folder}/heard.wav
audio_alert aufile,{folder}/alert.wav
ausrc_srate 48000
ausrc_channels 2
rtp_ports {rtp_first}-{rtp_last}
rtp_timeout 0
rtcp_mux no
redial_attempts 0
ringback_disabled yes
module_path {modules}
module g711.so
module ausine.so
module aufile.so
module_tmp account.so
module_app ctrl_tcp.so
module_app menu.so
ctrl_tcp_listen 127.0.0.1:{control}
"""


def write_config_folder(folder: Path, ports: PortBlock, tone_hz: int) -> None:
    """Fill `folder` with what baresip wants to find there."""
    modules = next((path for path in MODULE_FOLDERS if path.is_dir()), MODULE_FOLDERS[0])
    text = _CONFIG.format(
        sip=ports.sip,
        control=ports.control,
        rtp_first=ports.rtp.start,
        rtp_last=ports.rtp.stop,
        calls_max=CALLS_MAX,
        folder=folder,
        tone_hz=tone_hz,
        modules=modules,
    )
    (folder / "config").write_text(text)
    (folder / "accounts").write_text("")
    (folder / "contacts").write_text("")
