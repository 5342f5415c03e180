<?php

declare(strict_types=1);

namespace RedisWebToken\Redis;

use RedisWebToken\Exception\StoreUnavailable;

/** All that a Redis client has to do. */
interface Connection
{
    /**
     * Sends one command and gives its reply: text, an integer, or null for nil.
     *
     * @param string       $key  the key in the command, by which a cluster finds the node
     * @param list<string> $args the command's name and its arguments, as text: a number in the wrong place would
     *                           lose a key its expiry
     *
     * @throws StoreUnavailable
     */
    public function send(#[\SensitiveParameter] string $key, #[\SensitiveParameter] array $args): mixed;

    /** Closes what the library opened; the next command opens it again. */
    public function close(): void;
}
