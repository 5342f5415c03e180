<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\DataNotJson;
use RedisWebToken\Exception\InvalidOption;

/** Who acts as the user: support staff, or another service (RFC 8693 §4.1). */
final class Actor
{
    /**
     * Checks `act` as `sign` takes it.
     *
     * @throws InvalidOption|DataNotJson
     */
    public static function read(#[\SensitiveParameter] mixed $act): object
    {
        $actor = Arguments::object('act', 'an object such as { sub }', $act);
        Arguments::nonEmptyText('act.sub', $actor->sub ?? null);
        Arguments::short('act', $actor);

        return $actor;
    }

    /** Whether facts name an actor. @param mixed $act as read from JSON, with arrays as objects */
    public static function isOne(#[\SensitiveParameter] mixed $act): bool
    {
        return is_array($act) && is_string($act['sub'] ?? null) && $act['sub'] !== '';
    }
}
