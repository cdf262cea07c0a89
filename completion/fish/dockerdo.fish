# SPDX-License-Identifier: ISC
#
# Completion of dockerdo(1) and dodo in fish: the program itself knows what there is; all else is a file's name.

for name in dockerdo dodo
    complete -c $name -a '(command dockerdo complete -- (commandline -opc) (commandline -ct) 2>/dev/null)'
end
