# SPDX-License-Identifier: ISC
#
# Completion of dockerutils(1) and its commands in fish: the program itself knows what there is.

# Files only where it knows of nothing, as bash and zsh have it.
function __dockerutils_complete
    set -l known (command dockerutils complete -- (commandline -opc) (commandline -ct) 2>/dev/null)
    if set -q known[1]
        printf '%s\n' $known
    else
        __fish_complete_path (commandline -ct)
    end
end

for name in dockerutils build-image create-dock destroy-dock genversion ls-dock nb-dock publish-image register-dock run-image run-notebook ssh-dock start-dock stop-dock transfer-image unregister-dock
    complete -c $name -f -a '(__dockerutils_complete)'
end
