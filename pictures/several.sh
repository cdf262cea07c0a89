# SPDX-License-Identifier: ISC
#
# Typed by ./record. $ENGINE_SH is tests/lib/engine.sh, which makes the containers on the engine that docker finds.
#: "$ENGINE_SH" images demo
#: for i in 1 2 3 10; do "$ENGINE_SH" run web-$i dexec-demo:1 --network none; done
#: docker exec web-3 sh -c 'sed -i "s/^end .*/end       192.0.2.54/" /etc/udhcpd.conf'
#: for i in 1 2 3; do docker exec web-$i sh -c 'mkdir /www && echo ok >/www/health && httpd -h /www'; done
dexec 'web-*'
dexec 'web-*' wget -qO- localhost/health
dexec --diff 'web-*' file /etc/udhcpd.conf
dexec --timeout 1s 'web-[12]' sh -c 'sleep $((3 * DEXEC_INDEX - 3))'; echo $?
#; docker rm -f web-1 web-2 web-3 web-10
