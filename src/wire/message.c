/* SPDX-License-Identifier: ISC */
#include "wire/message.h"

int32_t
message_limit(uint8_t type)
{
	switch ((enum message)type) {
	case MESSAGE_CALL:
	case MESSAGE_START:
		return WIRE_START_MAX;
	case MESSAGE_STDIN:
	case MESSAGE_STDOUT:
	case MESSAGE_STDERR:
		return WIRE_DATA_MAX;
	case MESSAGE_HELLO:
	case MESSAGE_DECLINED:
	case MESSAGE_TAKEN:
	case MESSAGE_REFUSED:
	case MESSAGE_STARTED:
	case MESSAGE_CREDIT:
	case MESSAGE_STDIN_CLOSED:
	case MESSAGE_SWEEP:
	case MESSAGE_SWEPT:
	case MESSAGE_WINSIZE:
	case MESSAGE_END:
	case MESSAGE_FORGET:
	case MESSAGE_LOST:
	case MESSAGE_STATUS:
	case MESSAGE_STOP:
	case MESSAGE_SHORTCUT:
		return WIRE_TEXT_MAX;
	}
	return -1;
}
