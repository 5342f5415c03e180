<?php

declare(strict_types=1);

namespace RedisWebToken\Redis;

/**
 * Commands whose replies aren't read yet. `exit`, a time limit and a memory limit run no `catch` and no `finally`, and a persistent
 * connection stays open: its late reply, another user's session, would answer the next request.
 */
final class Pending
{
    /** @var array<int, \Closure(): void> */
    private static array $drops = [];
    /** A function that runs at the end of a request needs memory, even where the limit ended the request. */
    private static ?string $reserve = null;

    /** @param \Closure(): void $drop closes the connection */
    public static function begin(Connection $connection, \Closure $drop): void
    {
        if (self::$reserve === null) {
            self::$reserve = str_repeat('-', 32_768);
            register_shutdown_function(self::dropAll(...));
        }
        $id = spl_object_id($connection);
        if (isset(self::$drops[$id])) {
            // A function that runs at the end of the request, before dropAll.
            $drop();
        }
        self::$drops[$id] = $drop;
    }

    public static function end(Connection $connection): void
    {
        unset(self::$drops[spl_object_id($connection)]);
    }

    private static function dropAll(): void
    {
        self::$reserve = '';
        foreach (self::$drops as $drop) {
            $drop();
        }
        self::$drops = [];
    }
}
