<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\DataNotJson;
use RedisWebToken\Exception\StoreUnavailable;

/** Writes and reads the lines of JSON in a value, encrypted or not as the configuration says. */
final class Lines
{
    /**
     * @param bool $encrypts    whether lines are encrypted when they are written
     * @param bool $acceptPlain whether lines that aren't encrypted are read
     */
    public function __construct(public readonly bool $encrypts, private readonly bool $acceptPlain)
    {
    }

    /**
     * What an encrypted line is bound to: its Redis key and its number. Line 2 of a session is bound to when it was signed too.
     *
     * @param string $issuedAt ten digits; of line 2 of a session only
     */
    public static function place(#[\SensitiveParameter] string $key, int $number, string $issuedAt = ''): string
    {
        return "$key\n$number" . ($issuedAt === '' ? '' : "\n$issuedAt");
    }

    /** The lines of a value. @return list<string> */
    public static function split(#[\SensitiveParameter] string $value): array
    {
        return explode("\n", $value);
    }

    /**
     * @param string $what what the value is, for an error message
     *
     * @throws DataNotJson where the value isn't JSON
     */
    public function write(Keys $keys, string $place, #[\SensitiveParameter] mixed $value, string $what = 'data'): string
    {
        $json = Json::encode($value, $what);

        return $this->encrypts ? SealedLine::seal($keys, $place, $json) : $json;
    }

    /**
     * A new line for a script that replaces one, and the line to store instead where the present one is encrypted: '=' for the same,
     * or an encrypted one, so that this service never puts plain text in the place of an encrypted line. '' where this PHP has no
     * cipher: the script then refuses. It is encrypted with the secret whose value it is, so that a service that has only that one
     * can read it.
     *
     * @return array{string, string}
     *
     * @throws DataNotJson where the value isn't JSON
     */
    public function replace(Keys $keys, string $place, #[\SensitiveParameter] mixed $value): array
    {
        $line = $this->write($keys, $place, $value);
        if ($this->encrypts) {
            return [$line, '='];
        }

        return [$line, SealedLine::isPossible() ? SealedLine::seal($keys, $place, $line) : ''];
    }

    /**
     * @param list<Keys>   $ring
     * @param list<string> $lines    of a value
     * @param int          $number   of the line: 2, 3 or 4
     * @param string       $key      the value's Redis key
     * @param string       $issuedAt as in `place`
     *
     * @return string|null the line's JSON; null where it isn't the line that was written
     *
     * @throws StoreUnavailable
     */
    public function open(array $ring, #[\SensitiveParameter] array $lines, int $number, #[\SensitiveParameter] string $key, string $issuedAt = ''): ?string
    {
        $line = $lines[$number - 1] ?? '';
        // JSON is never empty, nor is an encrypted line: a value without the line is no answer.
        if ($line === '') {
            throw new StoreUnavailable('reply');
        }
        if (SealedLine::isSealed($line)) {
            return SealedLine::open($ring, self::place($key, $number, $issuedAt), $line);
        }

        return $this->acceptPlain ? $line : null;
    }
}
