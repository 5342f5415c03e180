<?php

declare(strict_types=1);

namespace RedisWebToken\Http;

use RedisWebToken\Arguments;
use RedisWebToken\Authentication;
use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Token;

/**
 * What a session's user must have proved before a sensitive act (OWASP ASVS 7.5.1, 7.5.3): every member that is given has to be met.
 *
 *     if (!(new Requirement(['maxAge' => 300, 'amr' => ['otp']]))->isMetBy($session)) {
 *         // ask for the second factor
 *     }
 */
final class Requirement
{
    /** Characters that a challenge can show: `error_description` and `acr_values` of RFC 6750 and RFC 9470, without the blank. */
    private const NAME = '/^[!#-[\]-~]+$/D';

    private readonly ?int $maxAge;
    /** @var non-empty-list<string>|null */
    private readonly ?array $amr;
    /** @var non-empty-list<string>|null */
    private readonly ?array $acr;

    /**
     * @param mixed $require an array with maxAge: how many seconds ago the user may have signed in, or stepped up, at most; amr: the
     *                       methods that the user must have used, all of them; acr: the levels of which the session must have one
     *
     * @throws InvalidOption
     */
    public function __construct(mixed $require)
    {
        $given = Arguments::known('require', Arguments::named('require', $require), ['maxAge' => null, 'amr' => null, 'acr' => null]);
        if (array_filter($given, static fn (mixed $member): bool => $member !== null) === []) {
            throw InvalidOption::range('require', 'have maxAge, amr or acr');
        }
        $this->maxAge = $given['maxAge'] === null ? null : Arguments::wholeNumber('require.maxAge', 'seconds', $given['maxAge'], 1, Token::MAX_SECONDS);
        $this->amr = self::readNames('require.amr', $given['amr']);
        $this->acr = self::readNames('require.acr', $given['acr']);
    }

    /** @param mixed $require one, or what the constructor takes */
    public static function of(mixed $require): self
    {
        return $require instanceof self ? $require : new self($require);
    }

    /**
     * Whether a session meets it. One without `auth` meets nothing.
     *
     * @param array<string, mixed>|null $session as `session` or `authenticate` returns it
     */
    public function isMetBy(#[\SensitiveParameter] ?array $session): bool
    {
        $auth = $session['auth'] ?? null;
        if ($auth === null) {
            return false;
        }
        $age = time() - $auth['at'];

        // A time that is further ahead than clocks are proves nothing.
        return ($this->maxAge === null || ($age <= $this->maxAge && $age >= -Authentication::CLOCK_SKEW))
            && ($this->acr === null || in_array($auth['acr'] ?? null, $this->acr, true))
            && array_diff($this->amr ?? [], $auth['amr'] ?? []) === [];
    }

    /** What the user has to do, in the characters of `error_description`. */
    public function text(): string
    {
        return 'Authenticate again' . ($this->amr === null ? '' : ' by ' . implode(' and ', $this->amr));
    }

    /** The parameters of a challenge (RFC 9470 §3), each with a comma before it. */
    public function parameters(): string
    {
        return ($this->acr === null ? '' : ', acr_values="' . implode(' ', $this->acr) . '"')
            . ($this->maxAge === null ? '' : ", max_age=\"$this->maxAge\"");
    }

    /** @return non-empty-list<string>|null */
    private static function readNames(string $option, mixed $names): ?array
    {
        if ($names === null) {
            return null;
        }
        if (!is_array($names) || !array_is_list($names)) {
            throw InvalidOption::type($option, 'an array of texts', $names);
        }
        if ($names === []) {
            throw InvalidOption::range($option, 'not be empty: leave it out');
        }
        foreach ($names as $name) {
            Arguments::textLike(self::NAME, $option, $name, 'be ASCII without blanks, quotes and backslashes');
        }

        return $names;
    }
}
