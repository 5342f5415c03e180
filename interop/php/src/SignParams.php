<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\DataNotJson;
use RedisWebToken\Exception\InvalidOption;

/** The params of `sign` after their checks, defaults filled in. */
final class SignParams
{
    private const DEFAULTS = ['expire' => null, 'maxLifetime' => null, 'subject' => null, 'meta' => null, 'auth' => null, 'act' => null, 'replaces' => []];

    public readonly int $expire;
    public readonly int $maxLifetime;
    public readonly ?string $subject;
    /** Line 2 of the session. */
    public readonly object $notes;
    /** @var array{at: int, amr?: list<string>, acr?: string}|null line 4 of the session */
    public readonly ?array $auth;
    /** @var array<mixed> tokens of sessions that don't count against the limit */
    public readonly array $replaces;

    /**
     * @param array<string, mixed> $params
     *
     * @throws InvalidOption|DataNotJson
     */
    public function __construct(#[\SensitiveParameter] array $params, Config $config)
    {
        $given = Arguments::known("sign's options", $params, self::DEFAULTS);
        $this->maxLifetime = Arguments::wholeNumber('maxLifetime', 'seconds', $given['maxLifetime'] ?? $config->maxLifetime, 1, $config->maxLifetime);
        $this->expire = Arguments::expire($given['expire'] ?? min($config->expire, $this->maxLifetime), $this->maxLifetime);
        $this->subject = $given['subject'] === null ? null : Arguments::subject($given['subject'], 'not be empty: leave it out');
        $meta = Arguments::meta($given['meta']);
        $this->replaces = is_array($given['replaces']) ? $given['replaces'] : throw InvalidOption::type('replaces', 'an array of tokens', $given['replaces']);
        $this->auth = $given['auth'] === null ? null : Authentication::read($given['auth']);
        $this->notes = Notes::of($this->subject, $meta, $given['act'] === null ? null : Actor::read($given['act']));
    }

    /** @return array<string, mixed> no facts for var_dump */
    public function __debugInfo(): array
    {
        return ['expire' => $this->expire, 'maxLifetime' => $this->maxLifetime];
    }
}
