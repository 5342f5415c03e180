<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

use RedisWebToken\Redis\Connection;

/** Stands for a Redis that holds one session and its person, for vectors that are values rather than tokens. */
final class StoredValues implements Connection
{
    public function __construct(private readonly string $session, private readonly ?string $person)
    {
    }

    public function send(#[\SensitiveParameter] string $key, #[\SensitiveParameter] array $args): mixed
    {
        return match ($args[0]) {
            'GET' => $this->session,
            'MGET' => [$this->session, $this->person],
            // A script about the generation, which the vectors leave out.
            'EVALSHA' => 'live',
        };
    }

    public function sendAll(#[\SensitiveParameter] string $key, #[\SensitiveParameter] array $commands): array
    {
        return array_map(fn (array $args): mixed => $this->send($key, $args), $commands);
    }

    public function close(): void
    {
    }
}
