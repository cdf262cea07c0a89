# SPDX-License-Identifier: ISC
#
# Completion of dockerutils(1) and its commands in fish: the program itself knows what there is.

for name in dockerutils build-image create-dock destroy-dock genversion ls-dock nb-dock publish-image register-dock run-image run-notebook ssh-dock start-dock stop-dock transfer-image unregister-dock
    complete -c $name -a '(command dockerutils complete -- (commandline -opc) (commandline -ct) 2>/dev/null)'
end
