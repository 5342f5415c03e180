<?php

declare(strict_types=1);

namespace RedisWebToken\Redis;

use RedisWebToken\Exception\StoreUnavailable;

/** All that a Redis client has to do. */
interface Connection
{
    /**
     * Sends one command and gives its reply: text, an integer, an array of replies, or null for nil.
     *
     * @param string       $key  the command's first key, by which a cluster finds the node
     * @param list<string> $args the command's name and its arguments, as text: a number in the wrong place would
     *                           lose a key its expiry
     *
     * @throws StoreUnavailable
     */
    public function send(#[\SensitiveParameter] string $key, #[\SensitiveParameter] array $args): mixed;

    /**
     * Sends several commands in one round trip, or one after another where the client can't: Predis to a cluster.
     *
     * @param non-empty-list<string> $keys     all keys of the commands, of one slot
     * @param list<list<string>>     $commands
     *
     * @return list<mixed> their replies
     *
     * @throws StoreUnavailable where any of them failed
     */
    public function sendAll(#[\SensitiveParameter] array $keys, #[\SensitiveParameter] array $commands): array;

    /** Closes what the library opened; the next command opens it again. */
    public function close(): void;
}
