/**
 * Makes a view in a mount namespace of its own and runs a program there; see `stage.ts`. Everything it is told comes as
 * arguments: the directory of the view, its root (empty: the host's own root is used), seconds after which the program
 * ends even if the agent that waits for it was killed, then orders, `--`, the command.
 *
 *     overlay N PATH   what is below PATH, with what tree/N holds laid over it; writes go to memory
 *     keep PATH        what is mounted at PATH, where that is possible
 *     bind FILE PATH   FILE in the place of PATH
 *
 * The file `ready` tells that the view was made, so that a status is known to be the program's. The script stays process
 * 1 of its namespace: when it ends, the kernel ends what the program left running, and with the last process the mounts.
 * Overlays take their lower layer as `.`, since no escapes in paths are known to all versions of mount(8).
 */
export const STAGE_SCRIPT = `set -eu
dir=$1 view=$2 seconds=$3
shift 3
if [ -n "$view" ]; then mount -t tmpfs -o mode=0700 hostkit "$dir/layers"; fi
while [ "$1" != -- ]; do
  case $1 in
  overlay)
    mkdir "$dir/layers/$2" "$dir/layers/$2/upper" "$dir/layers/$2/work"
    if [ -d "$dir/tree/$2" ]; then
      cp -a "$dir/tree/$2/." "$dir/layers/$2/upper"
    else
      chown --reference="$3" "$dir/layers/$2/upper"
      chmod --reference="$3" "$dir/layers/$2/upper"
    fi
    cd "$3"
    mount -t overlay -o "lowerdir=.,upperdir=$dir/layers/$2/upper,workdir=$dir/layers/$2/work" hostkit "$view$3"
    cd /
    shift 3 ;;
  keep)
    mount --rbind "$2" "$view$2" 2>/dev/null || :
    shift 2 ;;
  bind)
    mount --bind "$2" "$view$3"
    shift 3 ;;
  esac
done
shift
mount -t proc proc "$view/proc" 2>/dev/null || [ -z "$view" ] || mount --rbind /proc "$view/proc"
: >"$dir/ready"
status=0
timeout -s KILL "$seconds" chroot "\${view:-/}" "$@" || status=$?
exit "$status"
`;
